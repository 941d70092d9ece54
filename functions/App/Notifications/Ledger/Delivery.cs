using System.Collections.Immutable;

namespace Serverless.Notifications;

/// <summary>How far a delivery has come.</summary>
public enum DeliveryState
{
    /// <summary>It waits, for its turn or for its time.</summary>
    Queued,

    /// <summary>A worker has it and may be asking the provider.</summary>
    Sending,

    /// <summary>The provider took it.</summary>
    Delivered,

    /// <summary>The provider refused it for good, or it was tried as often as it may be, or its time passed.</summary>
    Failed,

    /// <summary>It was not sent, by the recipient's settings or for want of an address.</summary>
    Suppressed,

    /// <summary>It may have been delivered, and will not be tried again.</summary>
    Unknown,
}

/// <summary>One notification to one address of one recipient. Immutable.</summary>
/// <param name="Recipient">Which of the notification's recipients: its number.</param>
/// <param name="User">Who that is.</param>
/// <param name="Device">Which of their devices; null for what goes to none.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Why">Of a failed or suppressed one, such as "opted-out"; of a waiting one, what it waits for.</param>
/// <param name="Due">When a queued one may be sent.</param>
/// <param name="Attempts">What was tried, the first one first.</param>
/// <param name="Revived">Attempts before an operator let it begin anew.</param>
/// <param name="Opened">When the recipient opened it first.</param>
/// <param name="Clicked">When the recipient followed it first.</param>
internal sealed record Delivery(
    int Recipient, string User, string? Device, DeliveryState State, string? Why, DateTimeOffset? Due, ImmutableArray<Attempt> Attempts,
    int Revived = 0, DateTimeOffset? Opened = null, DateTimeOffset? Clicked = null)
{
    public const string AddressDead = "address-dead";
    public const string Exhausted = "exhausted";
    public const string Expired = "expired";

    public bool IsFinal => State is not (DeliveryState.Queued or DeliveryState.Sending);

    /// <summary>Some attempt may have reached the recipient without our knowing.</summary>
    public bool IsInDoubt => Attempts.Any(attempt => attempt.Outcome == AttemptOutcome.Unknown);

    /// <summary>Attempts since it began, or began anew.</summary>
    public int Tried => Attempts.Length - Revived;
}

/// <summary>What one attempt came to.</summary>
internal enum AttemptOutcome
{
    Taken,
    Refused,
    AddressDead,
    Later,
    Unknown,
}

/// <param name="At">When its outcome was known.</param>
/// <param name="Provider">Who was asked, such as "apns".</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="Code">The provider's word.</param>
/// <param name="Id">The provider's name for it, when it was taken.</param>
internal sealed record Attempt(DateTimeOffset At, string Provider, AttemptOutcome Outcome, string Code, string? Id = null);
