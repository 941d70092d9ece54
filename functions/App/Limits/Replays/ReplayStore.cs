using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>What becomes of requests that were put off, on a quorum; and who carries one out, in one row on one node, so that it is done once.</summary>
public sealed class ReplayStore
{
    private const string Place = "replays";

    private static readonly QuorumRules Owners = new(null, Sloppy: false);

    private readonly ReplicatedStore _store;
    private readonly ClusterViews _views;
    private readonly TimeProvider _clock;

    internal ReplayStore(ReplicatedStore store, ClusterViews views, TimeProvider clock) => (_store, _views, _clock) = (store, views, clock);

    /// <summary>What is known of a request; null when it is unknown, and false when that cannot be told.</summary>
    internal async Task<(bool IsKnown, ReplayRecord? Record)> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var key = Key(id);
        if (await _store.ReadAsync(key, Owners, cancellationToken) is not ReadResult.Read(var set, _, _))
            return (false, null);
        ReplayRecord? latest = null;
        foreach (var version in set.Versions)
        {
            if (version.IsTombstone || await _store.FetchAsync(key, version, cancellationToken) is not { Value: { } value } || RowJson.TryDecode<ReplayRecord>(value) is not { } record)
                continue;

            // What was carried out is never forgotten for what was only put off.
            if (latest is null || record.Stage > latest.Stage)
                latest = record;
        }

        return (true, latest);
    }

    /// <summary>Says what becomes of a request; false when too few nodes hold it.</summary>
    internal async Task<bool> WriteAsync(string id, ReplayRecord record, CancellationToken cancellationToken)
    {
        var key = Key(id);
        if (await _store.ReadAsync(key, Owners, cancellationToken) is not ReadResult.Read(var set, _, _))
            return false;
        var intent = new WriteIntent(_store.NewNonce(), set.Context, "application/json", RowJson.Encode(record), _clock.GetUtcNow());
        return await _store.WriteAsync(key, intent, Owners, cancellationToken) is WriteResult.Written;
    }

    /// <summary>Whether the caller, and nobody else ever, is to carry the request out; null when that cannot be told.</summary>
    internal async Task<bool?> ClaimAsync(string id, CancellationToken cancellationToken)
    {
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return null;
        var home = Home.OfKey(view, Key(id));
        var claimed = await home.Node.Replica.CommitAsync(home.Partition(Place), [new RowChange.Insert("0." + id, RowJson.Encode(new Claim(_clock.GetUtcNow())))], cancellationToken);
        return claimed switch
        {
            RowCommit.Done => true,
            RowCommit.Refused => false,
            _ => null,
        };
    }

    private static ReplicaKey Key(string id) => new("replays", id);

    private sealed record Claim(DateTimeOffset At);
}

/// <summary>How far a request that was put off has come.</summary>
public enum ReplayStage
{
    /// <summary>It waits.</summary>
    Queued,

    /// <summary>It was not carried out within its time, and will not be.</summary>
    Expired,

    /// <summary>It was carried out, and answered.</summary>
    Done,
}

/// <param name="Stage">How far.</param>
/// <param name="Owner">Who sent it: "app:key" or "user:id".</param>
/// <param name="Since">When it came.</param>
/// <param name="Answer">Of the function, once it is done.</param>
internal sealed record ReplayRecord(ReplayStage Stage, string Owner, DateTimeOffset Since, ReplayAnswer? Answer = null);

/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">At most 32 KiB of it.</param>
internal sealed record ReplayAnswer(int Status, string? ContentType, byte[] Body);
