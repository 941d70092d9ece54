using System.IO.Hashing;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>The rules of a domain as they were sent, and what was made of that.</summary>
/// <param name="Version">1 for the first; grows by 1.</param>
/// <param name="ContentType">Of the text, without parameters: it is UTF-8.</param>
/// <param name="Changed">The clock of the instance that stored it; for people.</param>
/// <param name="Text">As it was sent.</param>
public sealed record StoredRules(long Version, string ContentType, DateTimeOffset Changed, ReadOnlyMemory<byte> Text)
{
    /// <summary>Of the text: tells two of one version apart.</summary>
    public UInt128 Hash { get; } = XxHash128.HashToUInt128(Text.Span);

    public LimitRulesFormat Format => ContentType.EndsWith("json", StringComparison.Ordinal) ? LimitRulesFormat.Json : LimitRulesFormat.Yaml;

    /// <summary>A line of JSON, then the text.</summary>
    internal byte[] Encode() => [.. RowJson.Encode(new Head(Version, ContentType, Changed)), (byte)'\n', .. Text.Span];

    /// <summary>Null when another version of this code wrote it in another way.</summary>
    internal static StoredRules? TryDecode(ReadOnlyMemory<byte> bytes)
    {
        var end = bytes.Span.IndexOf((byte)'\n');
        return end >= 0 && RowJson.TryDecode<Head>(bytes[..end]) is { Version: > 0, ContentType: not null } head
            ? new StoredRules(head.Version, head.ContentType, head.Changed, bytes[(end + 1)..])
            : null;
    }

    private sealed record Head(long Version, string ContentType, DateTimeOffset Changed);
}

/// <summary>What a quorum holds of a domain.</summary>
public abstract record StoredRulesRead
{
    public sealed record Found(StoredRules Rules) : StoredRulesRead;

    /// <summary>No rules were ever stored.</summary>
    public sealed record Missing : StoredRulesRead
    {
        public static readonly Missing Instance = new();
    }

    /// <summary>Another version of this code stored them in a way that this one does not know.</summary>
    public sealed record Unreadable : StoredRulesRead
    {
        public static readonly Unreadable Instance = new();
    }

    /// <summary>No quorum answered.</summary>
    public sealed record Unavailable : StoredRulesRead
    {
        public static readonly Unavailable Instance = new();
    }
}

/// <summary>What became of new rules.</summary>
public abstract record StoredRulesWrite
{
    /// <summary>A quorum holds them.</summary>
    public sealed record Stored(long Version) : StoredRulesWrite;

    /// <summary>Nothing was stored: another version than the caller expected is in force; 0: none.</summary>
    public sealed record VersionConflict(long Current) : StoredRulesWrite;

    /// <summary>No quorum answered. They may still take effect.</summary>
    public sealed record Unavailable : StoredRulesWrite
    {
        public static readonly Unavailable Instance = new();
    }
}
