using System.Collections.Immutable;
using System.Text.Json;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>A notification as it is sent, before it is known whether its recipients and its template exist.</summary>
internal sealed record NotificationRequest(
    ImmutableArray<(Recipient Recipient, string Path)> Recipients, string Category, string? Template, int? Version, JsonElement? Data, Content? Text, Priority Priority, DateTimeOffset? NotBefore,
    DateTimeOffset? Expires, string? CollapseKey, ImmutableArray<Channel> Channels)
{
    /// <summary>Bytes of the longest request: 96 KiB.</summary>
    public const int MostBytes = 96 * 1024;

    /// <summary>How far ahead a notification may be scheduled: 30 days.</summary>
    public static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(30);

    /// <summary>How long it may be worth delivering, from then: 30 days.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    private const int LongestTitle = 1_000;
    private const int LongestText = 16 * 1024;
    private const int LongestKey = 64;

    /// <summary>Reads one; what is wrong goes to the reader's problem.</summary>
    public static NotificationRequest Read(ObjectReader body, DateTimeOffset now)
    {
        var recipients = ReadRecipients(body);
        var category = body.Text("category", LongestKey, needed: true) ?? "";
        if (!PeopleReading.IsCategory(category))
            body.Refuse("category", "category must be 1 to 64 of a-z, 0-9 and -.");
        var (template, version, data, text) = (body.Text("template", LongestKey), body.Number("version", 1, int.MaxValue), body.Data("data"), ReadText(body));
        if (template is null == text is null)
            body.Refuse("template", "Either template or text is needed, and not both.");
        else if (template is null && (version is not null || data is not null))
            body.Refuse(version is not null ? "version" : "data", "version and data belong to a template.");
        var priority = body.Word<Priority>("priority", word => word switch { "normal" => Priority.Normal, "high" => Priority.High, _ => null }, "normal or high") ?? Priority.Normal;
        var (notBefore, expires, collapseKey) = (body.Time("notBefore"), body.Time("expires"), body.Text("collapseKey", LongestKey));
        if (notBefore > now + FurthestAhead)
            body.Refuse("notBefore", $"notBefore must be within {FurthestAhead.TotalDays} days.");
        if (expires <= now)
            body.Refuse("expires", "expires must lie in the future.");
        else if (expires <= notBefore)
            body.Refuse("expires", "expires must be later than notBefore.");
        else if (expires > (notBefore > now ? notBefore.Value : now) + LongestLife)
            body.Refuse("expires", $"expires must be within {LongestLife.TotalDays} days of when it is sent.");
        return new NotificationRequest(recipients, category, template, version, data, text, priority, notBefore, expires, collapseKey, ReadChannels(body));
    }

    private static ImmutableArray<(Recipient Recipient, string Path)> ReadRecipients(ObjectReader body)
    {
        var (recipients, seen) = (ImmutableArray.CreateBuilder<(Recipient Recipient, string Path)>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (element, path) in body.List("recipients", 1, Notification.MostRecipients, needed: true))
        {
            var recipient = element.ValueKind == JsonValueKind.String ? new Recipient(element.GetString()!) : One(element, path, body.Problem);
            if (recipient is null || !UserNames.IsValid(recipient.User))
                body.Problem.Add(path, "A recipient is a user's name, 1 to 128 characters, or {\"user\", \"data\"}.");
            else if (!seen.Add(recipient.User))
                body.Problem.Add(path, $"'{recipient.User}' is a recipient twice.");
            else
                recipients.Add((recipient, path));
        }

        return recipients.ToImmutable();
    }

    private static Recipient? One(JsonElement element, string path, FieldProblem problem)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        var reader = new ObjectReader(element, path, problem);
        var recipient = new Recipient(reader.Text("user", LongestTitle, needed: true) ?? "", reader.Data("data"));
        reader.Close();
        return recipient;
    }

    private static Content? ReadText(ObjectReader body)
    {
        if (body.Object("text") is not { } text)
            return null;
        var content = new Content(text.Text("title", LongestTitle), text.Text("body", LongestText, needed: true) ?? "");
        text.Close();
        if (content.Title?.Any(char.IsControl) == true)
            text.Refuse("title", "A title is one line, without control characters.");
        return content;
    }

    private static ImmutableArray<Channel> ReadChannels(ObjectReader body)
    {
        var channels = ImmutableArray.CreateBuilder<Channel>();
        foreach (var (element, path) in body.List("channels", 1, Enum.GetValues<Channel>().Length))
        {
            if (element.ValueKind == JsonValueKind.String && Carriers.ChannelOf(element.GetString()) is { } channel && !channels.Contains(channel))
                channels.Add(channel);
            else
                body.Problem.Add(path, "channels are some of push, sms, email and inapp, each once.");
        }

        return channels.ToImmutable();
    }
}
