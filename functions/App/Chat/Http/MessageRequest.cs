using Serverless.Http;

namespace Serverless.Chat;

/// <summary>A message, an edit or a deletion as it is sent.</summary>
internal sealed record MessageRequest(EventKind Kind, string? Text, long? ReplyTo, long? Target)
{
    /// <summary>Characters of the longest text: 4,000 Unicode characters (code points).</summary>
    public const int LongestText = 4_000;

    public static MessageRequest Read(ObjectReader body)
    {
        var (edit, delete, replyTo) = (body.LongNumber("edit", 1, long.MaxValue), body.LongNumber("delete", 1, long.MaxValue), body.LongNumber("replyTo", 1, long.MaxValue));
        var text = body.Text("text", 2 * LongestText, needed: !body.Has("delete"));
        if (text is not null && CharactersOf(text) > LongestText)
            body.Refuse("text", $"text must be a text of 1 to {LongestText} characters.");
        else if (text is not null && string.IsNullOrWhiteSpace(text))
            body.Refuse("text", "text must have something to read.");
        else if (text is not null && text.Any(one => char.IsControl(one) && one is not ('\n' or '\t')))
            body.Refuse("text", "text must have no control characters but line feeds and tabs.");
        if (body.Has("edit") && body.Has("delete"))
            body.Refuse("delete", "A message is edited or deleted, not both.");
        else if (body.Has("delete") && text is not null)
            body.Refuse("text", "What is deleted has no text.");
        if (body.Has("replyTo") && (body.Has("edit") || body.Has("delete")))
            body.Refuse("replyTo", "replyTo belongs to a new message.");
        return new MessageRequest(body.Has("delete") ? EventKind.Deleted : body.Has("edit") ? EventKind.Edited : EventKind.Text, text, replyTo, edit ?? delete);
    }

    private static int CharactersOf(string text) => text.Length - text.Count(char.IsLowSurrogate);
}
