namespace Serverless.Notifications;

/// <summary>Entries of the list inside the app, as clients read and are pushed them.</summary>
internal static class InboxAnswers
{
    /// <param name="entry">The entry.</param>
    /// <param name="unread">How many are unread with it; null where the answer says it once for all.</param>
    public static object Of(InboxEntry entry, int? unread = null) => new
    {
        version = 1,
        number = entry.Number,
        id = entry.Delivery,
        at = entry.At,
        category = entry.Category,
        title = entry.Title,
        body = entry.Body,
        eventsUrl = entry.EventsUrl,
        unread,
    };
}
