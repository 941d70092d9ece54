using System.Globalization;

namespace Serverless.Notifications;

/// <summary>Names a chunk of a notification's recipients, as "id.chunk".</summary>
/// <param name="Notification">32 hexadecimal digits.</param>
/// <param name="Number">0 is the first.</param>
internal readonly record struct ChunkName(string Notification, int Number)
{
    private const int IdDigits = 32;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Notification}.{Number}");

    public static bool IsId(string? text) => text is { Length: IdDigits } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Null when the text names none.</summary>
    public static ChunkName? Parse(string? text) =>
        text?.Split('.') is [var id, var number] && IsId(id) && NumberOf(number) is { } chunk ? new(id, chunk) : null;

    internal static int? NumberOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Names a batch: deliveries of one chunk that one carrier takes, as "id.chunk.carrier.batch".</summary>
internal readonly record struct BatchName(ChunkName Chunk, Carrier Carrier, int Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Chunk}.{Carrier.Name()}.{Number}");

    /// <summary>Null when the text names none.</summary>
    public static BatchName? Parse(string? text)
    {
        if (text?.Split('.') is not [var id, var chunk, var carrier, var number] || ChunkName.Parse($"{id}.{chunk}") is not { } name || ChunkName.NumberOf(number) is not { } batch)
            return null;
        var found = Carriers.All.Where(c => c.Name() == carrier).ToArray();
        return found is [var one] ? new(name, one, batch) : null;
    }
}

/// <summary>Names one delivery, as "id.chunk.carrier.batch.delivery".</summary>
internal readonly record struct DeliveryName(BatchName Batch, int Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Batch}.{Number}");

    /// <summary>Null when the text names none.</summary>
    public static DeliveryName? Parse(string? text)
    {
        var dot = text?.LastIndexOf('.') ?? -1;
        return dot > 0 && BatchName.Parse(text![..dot]) is { } batch && ChunkName.NumberOf(text[(dot + 1)..]) is { } number ? new(batch, number) : null;
    }
}
