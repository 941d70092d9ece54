using System.Globalization;
using System.Text.Json;

namespace Serverless.Local.Host;

/// <summary>Turns received messages into what a queue function takes: the body as its type, the rest as binding data in text.</summary>
internal static class MessageBinding
{
    // As the worker's serializer: names are read in any case.
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    /// <summary>The body as <paramref name="type"/>, or why it cannot be one.</summary>
    public static (object? Value, string? Error) Read(LockedMessage message, Type type)
    {
        if (message.Envelope is not { } envelope)
            return (null, "The message is not one that this queue's sender wrote.");
        if (type == typeof(string))
            return (envelope.Body, null);

        try
        {
            var value = JsonSerializer.Deserialize(envelope.Body, type, Json);
            return value is null ? (null, $"The body is null, not a {type.Name}.") : (value, null);
        }
        catch (Exception refused) when (refused is JsonException or NotSupportedException)
        {
            return (null, refused.Message);
        }
    }

    public static Dictionary<string, object?> DataOf(LockedMessage message) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["MessageId"] = message.Envelope!.MessageId,
        ["DeliveryCount"] = message.DeliveryCount.ToString(CultureInfo.InvariantCulture),
        ["EnqueuedTimeUtc"] = JsonSerializer.Serialize(message.Envelope.EnqueuedTimeUtc.UtcDateTime),
        ["ApplicationProperties"] = JsonSerializer.Serialize(message.Envelope.Properties),
    };

    /// <summary>For a batch: the same names with "Array" behind them, each a JSON array.</summary>
    public static Dictionary<string, object?> DataOf(IReadOnlyList<LockedMessage> batch) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["MessageIdArray"] = JsonSerializer.Serialize(batch.Select(m => m.Envelope!.MessageId)),
        ["DeliveryCountArray"] = JsonSerializer.Serialize(batch.Select(m => m.DeliveryCount)),
        ["EnqueuedTimeUtcArray"] = JsonSerializer.Serialize(batch.Select(m => m.Envelope!.EnqueuedTimeUtc.UtcDateTime)),
        ["ApplicationPropertiesArray"] = JsonSerializer.Serialize(batch.Select(m => m.Envelope!.Properties)),
    };
}
