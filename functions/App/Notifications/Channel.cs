namespace Serverless.Notifications;

/// <summary>How somebody may be reached, as people choose it and callers ask for it.</summary>
public enum Channel
{
    /// <summary>The app's notifications on phones, and of browsers.</summary>
    Push,

    /// <summary>Text messages.</summary>
    Sms,

    /// <summary>Mail.</summary>
    Email,

    /// <summary>The list inside the app, and the app at once while it is open.</summary>
    InApp,
}
