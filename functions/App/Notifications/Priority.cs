namespace Serverless.Notifications;

/// <summary>How urgent a notification is.</summary>
public enum Priority
{
    /// <summary>It may wait until quiet hours are over.</summary>
    Normal,

    /// <summary>It passes quiet hours, and wakes devices.</summary>
    High,
}
