namespace Serverless.Notifications;

/// <summary>How many deliveries came how far.</summary>
/// <param name="Deliveries">All of them.</param>
/// <param name="Delivered">The provider took them.</param>
/// <param name="Failed">Refused, exhausted or too late.</param>
/// <param name="Suppressed">Not sent, by settings or for want of an address.</param>
/// <param name="GivenUpInDoubt">Not tried again, and some attempt may have reached the recipient without our knowing.</param>
/// <param name="InDoubt">Some attempt may have reached the recipient without our knowing, whatever became of them: only these may have come twice.</param>
/// <param name="Opened">Opened at least once.</param>
/// <param name="Clicked">Followed at least once.</param>
internal sealed record Counts(int Deliveries, int Delivered, int Failed, int Suppressed, int GivenUpInDoubt, int InDoubt, int Opened, int Clicked)
{
    public static readonly Counts None = new(0, 0, 0, 0, 0, 0, 0, 0);

    public static Counts Of(IReadOnlyCollection<Delivery> deliveries) => new(
        deliveries.Count,
        deliveries.Count(delivery => delivery.State == DeliveryState.Delivered),
        deliveries.Count(delivery => delivery.State == DeliveryState.Failed),
        deliveries.Count(delivery => delivery.State == DeliveryState.Suppressed),
        deliveries.Count(delivery => delivery.State == DeliveryState.Unknown),
        deliveries.Count(delivery => delivery.IsInDoubt),
        deliveries.Count(delivery => delivery.Opened is not null),
        deliveries.Count(delivery => delivery.Clicked is not null));

    public static Counts operator +(Counts one, Counts other) => new(
        one.Deliveries + other.Deliveries, one.Delivered + other.Delivered, one.Failed + other.Failed, one.Suppressed + other.Suppressed,
        one.GivenUpInDoubt + other.GivenUpInDoubt, one.InDoubt + other.InDoubt, one.Opened + other.Opened, one.Clicked + other.Clicked);

    public static Counts operator -(Counts one, Counts other) => new(
        one.Deliveries - other.Deliveries, one.Delivered - other.Delivered, one.Failed - other.Failed, one.Suppressed - other.Suppressed,
        one.GivenUpInDoubt - other.GivenUpInDoubt, one.InDoubt - other.InDoubt, one.Opened - other.Opened, one.Clicked - other.Clicked);
}

/// <summary>Counts on their way from a batch to the hour's: noted in the batch, added there unless its token is known, taken off the batch.</summary>
/// <param name="Token">Random; names the transfer, so that a repetition adds nothing.</param>
/// <param name="Hour">Which hour's.</param>
/// <param name="Counts">What is added.</param>
internal sealed record CountTransfer(ulong Token, DateTimeOffset Hour, Counts Counts);
