using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>What becomes of requests that were put off: a row for each, on the home of its id, so that of many instances one carries it out.</summary>
public sealed class ReplayStore
{
    /// <summary>The place of the rows at each home.</summary>
    internal const string Place = "replays";

    /// <summary>How the rows' names begin.</summary>
    internal const string Prefix = "0.";

    private readonly ClusterViews _views;

    internal ReplayStore(ClusterViews views) => _views = views;

    /// <summary>What is known of a request; null when that cannot be told now.</summary>
    internal async Task<StoredReplay?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (await _views.GetAsync(cancellationToken) is not { } view)
            return null;
        var home = Home.OfKey(view, new ReplicaKey(Place, id));
        return await home.Node.Replica.ReadAsync(home.Partition(Place), Prefix + id, cancellationToken) switch
        {
            RowRead.Found(var row) when RowJson.TryDecode<ReplayRecord>(row.Data) is { } record => new StoredReplay(home, id, record, row.ETag),
            RowRead.Missing => new StoredReplay(home, id, null, ""),
            _ => null,
        };
    }

    /// <summary>Puts another record in the place of one that was read.</summary>
    internal static async Task<RowCommit> WriteAsync(StoredReplay stored, ReplayRecord record, CancellationToken cancellationToken)
    {
        var (row, data) = (Prefix + stored.Id, RowJson.Encode(record));
        RowChange change = stored.Record is null ? new RowChange.Insert(row, data) : new RowChange.Replace(row, data, stored.ETag);
        return await stored.Home.Node.Replica.CommitAsync(stored.Home.Partition(Place), [change], cancellationToken);
    }
}

/// <summary>How far a request that was put off has come.</summary>
public enum ReplayStage
{
    /// <summary>It waits.</summary>
    Queued,

    /// <summary>It is being carried out; if that goes on for minutes, the instance that did is gone, and how far it came is not known.</summary>
    Running,

    /// <summary>It was carried out, and answered.</summary>
    Done,

    /// <summary>It was not carried out within its time, and will not be.</summary>
    Expired,
}

/// <param name="Stage">How far.</param>
/// <param name="Owner">Who sent it: "app:key" or "user:id".</param>
/// <param name="Since">When it came.</param>
/// <param name="Claim">Names the run that carries it out.</param>
/// <param name="Answer">Of the function, once it is done.</param>
internal sealed record ReplayRecord(ReplayStage Stage, string Owner, DateTimeOffset Since, ulong Claim = 0, ReplayAnswer? Answer = null);

/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">At most <see cref="MostBytes"/> of it.</param>
internal sealed record ReplayAnswer(int Status, string? ContentType, byte[] Body)
{
    /// <summary>32 KiB.</summary>
    public const int MostBytes = 32 * 1024;
}

/// <param name="Home">Where its row lies.</param>
/// <param name="Id">The request's.</param>
/// <param name="Record">Null when there is none.</param>
/// <param name="ETag">The row's.</param>
internal sealed record StoredReplay(Home Home, string Id, ReplayRecord? Record, string ETag);
