namespace Serverless.Replication;

/// <summary>What a client wants written, before a dot names it.</summary>
/// <param name="Nonce">128 random bits that name this request across retries.</param>
/// <param name="Seen">The causal context the client sends back: exactly what it covers is overwritten. Empty: nothing is.</param>
/// <param name="ContentType">At most 255 characters; null with a null value.</param>
/// <param name="Value">The bytes; null deletes.</param>
/// <param name="WrittenAt">The coordinator's clock, for people.</param>
public sealed record WriteIntent(
    UInt128 Nonce, CausalContext Seen, string? ContentType, ReadOnlyMemory<byte>? Value, DateTimeOffset WrittenAt)
{
    public Version At(Dot dot) => new(dot, Nonce, WrittenAt, ContentType, Value?.Length ?? -1, Value);
}
