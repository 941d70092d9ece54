namespace Serverless.Limits;

/// <summary>Where something stands in a text.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct TextPlace(int Line, int Column)
{
    public static readonly TextPlace First = new(1, 1);

    /// <summary>The place of a byte: columns are bytes.</summary>
    public static TextPlace Of(ReadOnlySpan<byte> text, int index)
    {
        var before = text[..Math.Clamp(index, 0, text.Length)];
        return new TextPlace(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
    }
}
