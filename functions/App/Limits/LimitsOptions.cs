using System.ComponentModel.DataAnnotations;

namespace Serverless.Limits;

/// <summary>Configuration section "Limits".</summary>
public sealed class LimitsOptions
{
    public const string Section = "Limits";

    /// <summary>Subjects that an instance remembers: 1,000 to 10,000,000, default 100,000. About 1 KiB each; a forgotten one costs its next request two storage calls.</summary>
    [Range(1_000, 10_000_000)]
    public int KnownSubjects { get; set; } = 100_000;
}
