using System.ComponentModel.DataAnnotations;

namespace Serverless.Idempotency;

/// <summary>Configuration section "Idempotency".</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>How long an answer is kept for its key, in hours from when it was given: 1 to 168, default 24. After that the key is new.</summary>
    [Range(1, 168)]
    public int KeepHours { get; set; } = 24;
}
