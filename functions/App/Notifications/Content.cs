namespace Serverless.Notifications;

/// <summary>What one person reads on one channel: rendered, in their language.</summary>
/// <param name="Title">The title of a push or an entry of the list, the subject of a mail; null where there is none, as in text messages.</param>
/// <param name="Body">Plain text.</param>
/// <param name="Html">The mail as HTML; null where it has none.</param>
public sealed record Content(string? Title, string Body, string? Html = null);
