namespace Serverless.Replication;

/// <summary>One written value, or the tombstone of a delete. Immutable; its dot identifies it.</summary>
/// <param name="Dot">Names this write for ever.</param>
/// <param name="Nonce">Names the client's request: two versions with one nonce are one write that was tried twice, and merge as one.</param>
/// <param name="WrittenAt">The coordinator's clock; shown to people, never used to decide.</param>
/// <param name="ContentType">As the client sent it, at most 255 characters; null for a tombstone.</param>
/// <param name="Length">Bytes of the value; -1 marks a tombstone.</param>
/// <param name="Value">The value, or null while it has not been fetched from its own row.</param>
public sealed record Version(
    Dot Dot, UInt128 Nonce, DateTimeOffset WrittenAt, string? ContentType, int Length, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Longer values lie in a row of their own, named by their dot: 8 KiB. Three sides of a partition may each take as many as <see cref="ReplicationOptions.MaxSiblings"/> of them, and their union must fit a row.</summary>
    public const int InlineLimit = 8 * 1024;

    public bool IsTombstone => Length < 0;

    /// <summary>Whether the value is stored beside the key's row rather than in it.</summary>
    public bool HasOwnRow => Length > InlineLimit;

    /// <summary>The value was not read yet: it must be fetched from its own row before it is used.</summary>
    public bool IsUnfetched => HasOwnRow && Value is null;
}
