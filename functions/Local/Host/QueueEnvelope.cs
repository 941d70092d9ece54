using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Local.Host;

/// <summary>What travels in one storage queue message: the body beside what Service Bus would carry for it.</summary>
/// <param name="MessageId">The sender's name for the message.</param>
/// <param name="EnqueuedTimeUtc">When it was sent; for a scheduled message, when it becomes visible.</param>
/// <param name="Properties">Application properties; those of dead letters name the reason.</param>
/// <param name="Json">The body where it is JSON, unescaped so that it takes no more room than it must.</param>
/// <param name="Text">The body where it is not JSON, or JSON's null.</param>
internal sealed record QueueEnvelope(
    string MessageId, DateTimeOffset EnqueuedTimeUtc, IReadOnlyDictionary<string, string> Properties, JsonElement? Json, string? Text)
{
    /// <summary>The envelope with its body: 62 KiB, the storage's 64 less what a dead letter's reason may add.</summary>
    public const int MaxBytes = 62 * 1024;

    private const int MaxDeadLetterBytes = 64 * 1024;
    private const int MaxReason = 256;

    private static readonly JsonSerializerOptions Format = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The body as its sender gave it, or the same JSON without white space.</summary>
    [JsonIgnore]
    public string Body => Json is { } json ? json.GetRawText() : Text ?? "";

    public static QueueEnvelope Of(string messageId, BinaryData body, DateTimeOffset enqueued, IReadOnlyDictionary<string, string>? properties)
    {
        properties ??= new Dictionary<string, string>();
        try
        {
            var json = JsonSerializer.Deserialize<JsonElement>(body.ToMemory().Span);

            // JSON's null would read back as no body at all.
            if (json.ValueKind != JsonValueKind.Null)
                return new QueueEnvelope(messageId, enqueued, properties, json, null);
        }
        catch (JsonException)
        {
            // Carried as text; whoever receives it decides.
        }

        return new QueueEnvelope(messageId, enqueued, properties, null, body.ToString());
    }

    /// <summary>Null for text that no <see cref="Write"/> made.</summary>
    public static QueueEnvelope? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<QueueEnvelope>(text, Format) is { MessageId: not null, Properties: not null } envelope ? envelope : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="ArgumentException">The message is larger than <see cref="MaxBytes"/>.</exception>
    public string Write(string queue)
    {
        var text = JsonSerializer.Serialize(this, Format);
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= MaxBytes ? text : throw new ArgumentException(
            $"The message {MessageId} to {queue} takes {bytes} bytes with its envelope; a local queue takes {MaxBytes}.");
    }

    /// <summary>The same message with the reason in the properties Service Bus uses; a body that is no JSON is cut where it would not fit.</summary>
    public string WriteDead(string reason, string description)
    {
        var dead = this with
        {
            Properties = new Dictionary<string, string>(Properties)
            {
                ["DeadLetterReason"] = reason,
                ["DeadLetterErrorDescription"] = description.Length <= MaxReason ? description : description[..MaxReason],
            },
        };
        var text = JsonSerializer.Serialize(dead, Format);
        return Encoding.UTF8.GetByteCount(text) <= MaxDeadLetterBytes
            ? text
            : JsonSerializer.Serialize(dead with { Json = null, Text = Body[..Math.Min(Body.Length, MaxDeadLetterBytes / 8)] }, Format);
    }
}
