using System.IO.Hashing;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>Keeps the rules of domains on a quorum of nodes, as they were written.</summary>
public sealed class LimitRulesStore(ReplicatedStore store, TimeProvider clock)
{
    private static readonly QuorumRules Quorum = new(null);

    /// <summary>What is stored; null when no quorum answers.</summary>
    public async Task<RulesRead?> ReadAsync(string domain, CancellationToken cancellationToken) =>
        await LatestAsync(domain, cancellationToken) is var (latest, _) ? new RulesRead(latest) : null;

    /// <summary>Stores rules as the next version.</summary>
    /// <param name="domain">Whose.</param>
    /// <param name="text">YAML or JSON, found to be right.</param>
    /// <param name="isJson">Which.</param>
    /// <param name="expected">The version that they replace; null: whichever there is.</param>
    /// <param name="cancellationToken">Gives up; whether they are stored is not known then.</param>
    public async Task<RulesWrite> WriteAsync(string domain, string text, bool isJson, long? expected, CancellationToken cancellationToken)
    {
        if (await LatestAsync(domain, cancellationToken) is not var (latest, context))
            return new RulesWrite.Unavailable();
        if (expected is { } version && version != (latest?.Version ?? 0))
            return new RulesWrite.Conflict(latest?.Version ?? 0);
        var next = new StoredRules((latest?.Version ?? 0) + 1, isJson, text);
        var intent = new WriteIntent(store.NewNonce(), context, "application/json", RowJson.Encode(next), clock.GetUtcNow());
        return await store.WriteAsync(Key(domain), intent, Quorum, cancellationToken) is WriteResult.Written ? new RulesWrite.Stored(next.Version) : new RulesWrite.Unavailable();
    }

    // Of rules that were stored at the same moment everybody takes the same: those of the greater version, then of the greater hash. What overwrites them overwrites both.
    private async Task<(StoredRules? Latest, CausalContext Context)?> LatestAsync(string domain, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(Key(domain), Quorum, cancellationToken) is not ReadResult.Read(var set, _, _))
            return null;
        StoredRules? latest = null;
        foreach (var version in set.Versions)
        {
            if (version.IsTombstone || await store.FetchAsync(Key(domain), version, cancellationToken) is not { Value: { } value } || RowJson.TryDecode<StoredRules>(value) is not { } rules)
                continue;
            if (latest is null || rules.Order.CompareTo(latest.Order) > 0)
                latest = rules;
        }

        return (latest, set.Context);
    }

    private static ReplicaKey Key(string domain) => new("limits", domain);
}

/// <param name="Version">From 1.</param>
/// <param name="IsJson">Else YAML.</param>
/// <param name="Text">As it was written.</param>
public sealed record StoredRules(long Version, bool IsJson, string Text)
{
    /// <summary>Which of two counts.</summary>
    internal (long Version, ulong Hash) Order => (Version, XxHash64.HashToUInt64(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Text.AsSpan())));
}

/// <param name="Rules">Null: none were ever stored.</param>
public sealed record RulesRead(StoredRules? Rules);

/// <summary>What became of rules that were to be stored.</summary>
public abstract record RulesWrite
{
    public sealed record Stored(long Version) : RulesWrite;

    /// <param name="Current">The version that is stored; nothing was changed.</param>
    public sealed record Conflict(long Current) : RulesWrite;

    /// <summary>No quorum answers; whether they are stored is not known.</summary>
    public sealed record Unavailable : RulesWrite;
}
