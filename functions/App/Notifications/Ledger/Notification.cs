using System.Collections.Immutable;
using System.Text.Json;

namespace Serverless.Notifications;

/// <summary>A notification as it was accepted. Immutable, also where it is stored.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Sender">The service that sent it.</param>
/// <param name="Fingerprint">Of the request: whoever sends another under the same id is told so.</param>
/// <param name="Accepted">When.</param>
/// <param name="Recipients">1 to <see cref="MostRecipients"/>.</param>
/// <param name="Category">What people may opt out of, such as "security".</param>
/// <param name="Template">Which version says it; null: <paramref name="Text"/> does.</param>
/// <param name="Data">The template's parameters, for all recipients.</param>
/// <param name="Text">Literal text; null with a template.</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="NotBefore">Not to be sent before; null: at once.</param>
/// <param name="Expires">Not to be sent after.</param>
/// <param name="CollapseKey">Of several with one key a device shows the last; null: it stands alone.</param>
/// <param name="Channels">Those on which it is sent where it can be: those that were asked for, or all that it has content for.</param>
/// <param name="IsByPreference">Nobody asked for channels: what cannot reach a recipient is passed over in silence.</param>
internal sealed record Notification(
    string Id, string Sender, string Fingerprint, DateTimeOffset Accepted, ImmutableArray<Recipient> Recipients, string Category, TemplateVersion? Template, JsonElement? Data,
    Content? Text, Priority Priority, DateTimeOffset? NotBefore, DateTimeOffset Expires, string? CollapseKey, ImmutableArray<Channel> Channels, bool IsByPreference)
{
    /// <summary>Recipients of one notification: 500.</summary>
    public const int MostRecipients = 500;

    /// <summary>Recipients that are expanded together: 100.</summary>
    public const int ChunkSize = 100;

    /// <summary>How its template, or the want of one, is named where it is counted.</summary>
    public string Kind => Template?.Name ?? TemplateNames.Literal;

    /// <summary>Its chunks' names.</summary>
    public IEnumerable<ChunkName> Chunks => Enumerable.Range(0, (Recipients.Length + ChunkSize - 1) / ChunkSize).Select(number => new ChunkName(Id, number));
}

/// <param name="User">Who.</param>
/// <param name="Data">The template's parameters for them alone, over those for all; null: none.</param>
internal sealed record Recipient(string User, JsonElement? Data = null);

/// <param name="Name">The template's.</param>
/// <param name="Version">1 is the first.</param>
internal sealed record TemplateVersion(string Name, int Version);
