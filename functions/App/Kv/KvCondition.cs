using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Serverless.Kv;

/// <summary>
/// What a key must hold for a write to happen: If-Match and If-None-Match (RFC 9110, section 13.1). Compared strongly: a weak tag never matches.
/// </summary>
/// <param name="Match">One of these must be stored; "*": anything; empty: no condition.</param>
/// <param name="NoneMatch">None of these may be stored; "*": nothing; empty: no condition.</param>
internal sealed record KvCondition(IReadOnlyList<EntityTagHeaderValue> Match, IReadOnlyList<EntityTagHeaderValue> NoneMatch)
{
    public static readonly KvCondition None = new([], []);

    public bool IsEmpty => Match.Count == 0 && NoneMatch.Count == 0;

    /// <summary>Whether it says that the key exists, or that it does not; null when it says nothing of that.</summary>
    public bool? Exists => Match.Count > 0 ? true : NoneMatch.Count > 0 ? false : null;

    /// <summary>Null when a header is no list of entity tags.</summary>
    public static KvCondition? TryRead(HttpRequest request) =>
        Tags(request, HeaderNames.IfMatch) is { } match && Tags(request, HeaderNames.IfNoneMatch) is { } noneMatch ? new KvCondition(match, noneMatch) : null;

    /// <param name="tag">Of what is stored; null when nothing is.</param>
    public bool Holds(string? tag) => (Match.Count == 0 || Names(Match, tag)) && !Names(NoneMatch, tag);

    private static bool Names(IReadOnlyList<EntityTagHeaderValue> tags, string? tag) =>
        tag is not null && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || (!t.IsWeak && t.Tag == tag));

    private static IReadOnlyList<EntityTagHeaderValue>? Tags(HttpRequest request, string header) =>
        !request.Headers.TryGetValue(header, out var values) ? []
        : EntityTagHeaderValue.TryParseStrictList([.. values.OfType<string>()], out var tags) ? [.. tags]
        : null;
}
