using System.Collections.Immutable;
using System.Globalization;
using Serverless.Replication;
using Version = Serverless.Replication.Version;

namespace Serverless.Kv;

/// <summary>What a key holds now as clients see it: the value of its register and the eventual versions beside it as one list, and the entity tag that names all of it.</summary>
internal static class KvTag
{
    /// <summary>The strong ETag, quoted; null when nothing is stored.</summary>
    public static string? Of(RegisterContent content) => (content.Value, IsLive(content)) switch
    {
        (_, false) => null,
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"\"{content.Beside.Fingerprint():x32}\""),
        ({ } value, _) when content.Beside.Versions.IsEmpty => string.Create(CultureInfo.InvariantCulture, $"\"s{value.Nonce:x32}\""),
        ({ } value, _) => string.Create(CultureInfo.InvariantCulture, $"\"s{value.Nonce ^ content.Beside.Fingerprint():x32}\""),
    };

    /// <summary>Whether anything is stored that was not deleted.</summary>
    public static bool IsLive(RegisterContent content) =>
        content.Value is { IsDeleted: false } || content.Beside.Versions.Any(version => !version.IsTombstone);

    /// <summary>Everything that is stored: the register's value in front. Deleted, it only counts beside versions that it did not see.</summary>
    public static ImmutableArray<Version> Versions(RegisterContent content) =>
        content.Value is { } value && (!value.IsDeleted || content.Beside.Versions.IsEmpty)
            ? [AsVersion(value), .. content.Beside.Versions]
            : content.Beside.Versions;

    private static Version AsVersion(RegisterValue value) => new(
        new Dot(new Actor((ulong)(value.Nonce >> 64), (ulong)value.Nonce), 0), value.Nonce, value.WrittenAt, value.ContentType, value.Value?.Length ?? -1, value.Value);
}
