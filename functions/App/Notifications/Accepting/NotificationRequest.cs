namespace Serverless.Notifications;

/// <summary>Bounds of what may be sent.</summary>
internal static class NotificationRequest
{
    /// <summary>How far ahead a notification may be scheduled: 30 days.</summary>
    public static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(30);

    /// <summary>How long it may be worth delivering, from then: 30 days.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);
}
