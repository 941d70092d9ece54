namespace Serverless.Notifications;

/// <summary>Renders what one recipient of a notification reads on one channel.</summary>
/// <param name="notification">As it was accepted.</param>
/// <param name="recipient">Which of its recipients.</param>
/// <param name="channel">Where it is read.</param>
/// <param name="locale">The recipient's; null: the template's fallback.</param>
/// <param name="eventsUrl">Where it tells that it was opened or clicked; null when there is no such place.</param>
/// <param name="cancellationToken">Gives up.</param>
internal delegate Task<Rendering> RenderContent(
    Notification notification, Recipient recipient, Channel channel, string? locale, string? eventsUrl, CancellationToken cancellationToken);

/// <summary>What rendering came to.</summary>
internal abstract record Rendering
{
    public sealed record Done(Content Content) : Rendering;

    /// <summary>It never will.</summary>
    /// <param name="Why">A sentence.</param>
    public sealed record Impossible(string Why) : Rendering;

    /// <summary>The storage does not answer.</summary>
    public sealed record Unavailable : Rendering
    {
        public static readonly Unavailable Instance = new();
    }
}
