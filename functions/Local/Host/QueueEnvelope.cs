using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Serverless.Local.Host;

/// <summary>
/// What travels in one storage queue message: the body beside what Service Bus would carry for it. Always ASCII, because Azurite
/// breaks characters of several bytes where a request's packets happen to part: JSON with escapes, or compressed in base64 where
/// that would not fit.
/// </summary>
/// <param name="MessageId">The sender's name for the message.</param>
/// <param name="EnqueuedTimeUtc">When it was sent; for a scheduled message, when it becomes visible.</param>
/// <param name="Properties">Application properties; those of dead letters name the reason.</param>
/// <param name="Body">As its sender gave it.</param>
internal sealed record QueueEnvelope(string MessageId, DateTimeOffset EnqueuedTimeUtc, IReadOnlyDictionary<string, string> Properties, string Body)
{
    /// <summary>Body and envelope in UTF-8: 62 KiB, the storage's 64 less what a dead letter's reason may add.</summary>
    public const int MaxBytes = 62 * 1024;

    private const int MaxMessageLength = 64 * 1024;
    private const int MaxReason = 256;

    /// <summary>Null for text that no <see cref="Write"/> made.</summary>
    public static QueueEnvelope? Read(string text)
    {
        try
        {
            var envelope = text.StartsWith('{') ? JsonSerializer.Deserialize<QueueEnvelope>(text) : Unpack(text);
            return envelope is { MessageId: not null, Properties: not null, Body: not null } ? envelope : null;
        }
        catch (Exception foreign) when (foreign is JsonException or FormatException or InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <exception cref="ArgumentException">The message is larger than <see cref="MaxBytes"/>.</exception>
    public string Write(string queue)
    {
        var bytes = Header.Length + Encoding.UTF8.GetByteCount(Body);
        return bytes <= MaxBytes && Text() is { Length: <= MaxMessageLength } text ? text : throw new ArgumentException(
            $"The message {MessageId} to {queue} takes {bytes} bytes with its envelope; a local queue takes {MaxBytes}.");
    }

    /// <summary>The same message with the reason in the properties Service Bus uses; the body is cut where it would not fit.</summary>
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
        var text = dead.Text();
        return text.Length <= MaxMessageLength ? text : (dead with { Body = Body[..Math.Min(Body.Length, MaxMessageLength / 8)] }).Text();
    }

    private byte[] Header => JsonSerializer.SerializeToUtf8Bytes(this with { Body = "" });

    private string Text()
    {
        var text = JsonSerializer.Serialize(this);
        return text.Length <= MaxMessageLength ? text : Pack();
    }

    // One line of JSON, then the body: its letters pack best without escapes.
    private string Pack()
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            brotli.Write(Header);
            brotli.Write("\n"u8);
            brotli.Write(Encoding.UTF8.GetBytes(Body));
        }

        return Convert.ToBase64String(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    private static QueueEnvelope? Unpack(string text)
    {
        using var reader = new StreamReader(
            new BrotliStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadLine() is { } header && JsonSerializer.Deserialize<QueueEnvelope>(header) is { } envelope
            ? envelope with { Body = reader.ReadToEnd() }
            : null;
    }
}
