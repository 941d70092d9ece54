using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// The rules of all domains, on a quorum of the nodes that own them. Only the current ones are kept. Of rules stored at the same moment by two callers both
/// are kept until the next change, and every reader takes the same ones: those of the greater version, then of the greater hash.
/// </summary>
public sealed class LimitRulesStore(ReplicatedStore store, TimeProvider clock)
{
    // A version that vanishes while its value is fetched was overwritten; reading again meets its successor.
    private const int MostReads = 3;

    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(5);

    // Owners alone: whoever reads after a change was acknowledged must meet it.
    private static readonly QuorumRules Owners = new(null, Sloppy: false);

    /// <summary>The rules of a domain.</summary>
    public async Task<StoredRulesRead> GetAsync(string domain, CancellationToken cancellationToken) => (await ReadAsync(KeyOf(domain), cancellationToken)).Result;

    /// <summary>Stores rules that were understood.</summary>
    /// <param name="rules">Of this domain.</param>
    /// <param name="text">What was sent, at most 256 KiB.</param>
    /// <param name="contentType">Of the text, without parameters.</param>
    /// <param name="expected">The version that they are to follow; 0: none; null: whichever is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoredRulesWrite> PutAsync(
        LimitRuleSet rules, ReadOnlyMemory<byte> text, string contentType, long? expected, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var key = KeyOf(rules.Domain);
        var (result, seen) = await ReadAsync(key, cancellationToken);
        if (result is StoredRulesRead.Unavailable or StoredRulesRead.Unreadable)
            return StoredRulesWrite.Unavailable.Instance;
        var current = result is StoredRulesRead.Found(var found) ? found.Version : 0;
        if (expected is { } wanted && wanted != current)
            return new StoredRulesWrite.VersionConflict(current);

        var stored = new StoredRules(current + 1, contentType, clock.GetUtcNow(), text);
        var intent = new WriteIntent(store.NewNonce(), seen, "application/octet-stream", stored.Encode(), stored.Changed);
        return await store.WriteAsync(key, intent, Owners, cancellationToken) is WriteResult.Written
            ? new StoredRulesWrite.Stored(stored.Version)
            : StoredRulesWrite.Unavailable.Instance;
    }

    private async Task<(StoredRulesRead Result, CausalContext Seen)> ReadAsync(ReplicaKey key, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(OperationLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        for (var reads = 0; reads < MostReads; reads++)
        {
            if (await store.ReadAsync(key, Owners, either.Token) is not ReadResult.Read(var set, _, _))
                break;
            var versions = await Task.WhenAll(set.Versions.Select(version => store.FetchAsync(key, version, either.Token)));
            if (Array.TrueForAll(versions, version => version is not null))
                return (Latest(versions!), set.Context);
        }

        return (StoredRulesRead.Unavailable.Instance, CausalContext.Empty);
    }

    private static StoredRulesRead Latest(IReadOnlyList<Replication.Version> versions)
    {
        var all = versions.Where(version => !version.IsTombstone).Select(version => StoredRules.TryDecode(version.Value!.Value)).ToList();
        return all.Count == 0 ? StoredRulesRead.Missing.Instance
            : all.Contains(null) ? StoredRulesRead.Unreadable.Instance
            : new StoredRulesRead.Found(all.MaxBy(rules => (rules!.Version, rules.Hash))!);
    }

    private static ReplicaKey KeyOf(string domain) => new("limits", domain);
}
