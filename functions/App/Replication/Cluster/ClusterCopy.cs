namespace Serverless.Replication;

/// <summary>Where one node's copy of the document lies: its rows, and how to make the table for them.</summary>
/// <param name="Rows">The table "cluster" of the node.</param>
/// <param name="CreateTable">Makes it where it is missing.</param>
public sealed record ClusterSite(IReplica Rows, Func<CancellationToken, Task> CreateTable);

/// <summary>What one node said of its copy.</summary>
internal abstract record CopyAnswer
{
    /// <summary>It has one.</summary>
    /// <param name="Record">The copy.</param>
    /// <param name="ETag">Its row's; as long as it stands nobody changed the copy, and it was not lost.</param>
    public sealed record Held(ClusterRecord Record, string ETag) : CopyAnswer;

    /// <summary>It answers and has none: it lost it, or never had one.</summary>
    public sealed record Empty : CopyAnswer
    {
        public static readonly Empty Instance = new();
    }

    /// <summary>It does not answer, or what it has cannot be read: that was written by a newer version, and is never grounds for a new cluster.</summary>
    public sealed record Silent : CopyAnswer
    {
        public static readonly Silent Instance = new();
    }
}

/// <summary>
/// The acceptor on one node (CASPaxos, Rystsov 2018): a row, changed under its ETag. An acceptance goes to the very row that promised, so a node that lost its copy
/// in between, and all that it had promised, does not count.
/// </summary>
/// <param name="site">Where it lies; null: nothing tells, and it is silent.</param>
/// <param name="clock">Each call may take 2 s.</param>
internal sealed class ClusterCopy(ClusterSite? site, TimeProvider clock)
{
    public const string Partition = "cluster";
    public const string Current = "current";

    private const int MostTries = 4;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(2);

    public Task<CopyAnswer> ReadAsync(CancellationToken cancellationToken) => CallAsync<CopyAnswer>(
        async token => await site!.Rows.ReadAsync(Partition, Current, token) switch
        {
            RowRead.Found(var row) => ClusterRecord.FromJson(row.Data.Span) is { } held ? new CopyAnswer.Held(held, row.ETag) : CopyAnswer.Silent.Instance,
            RowRead.Missing or RowRead.Unavailable(TableReplica.TableMissing) => CopyAnswer.Empty.Instance,
            _ => CopyAnswer.Silent.Instance,
        },
        CopyAnswer.Silent.Instance, cancellationToken);

    /// <summary>The copy after the promise; unchanged when it had promised a later ballot before.</summary>
    public async Task<CopyAnswer> PromiseAsync(Ballot ballot, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var answer = await ReadAsync(cancellationToken);
            if (answer is not CopyAnswer.Held(var copy, var etag) || copy.Promised >= ballot)
                return answer;

            var promise = copy with { Promised = ballot };
            switch (await CommitAsync(new RowChange.Replace(Current, promise.ToJson(), etag), cancellationToken))
            {
                case RowCommit.Done(var etags):
                    return new CopyAnswer.Held(promise, etags[0]);
                case RowCommit.Unavailable:
                    return CopyAnswer.Silent.Instance;
            }
        }

        return CopyAnswer.Silent.Instance;
    }

    /// <summary>Whether the row at <paramref name="etag"/> accepted the record.</summary>
    public Task<bool> AcceptAsync(ClusterRecord record, string etag, CancellationToken cancellationToken) =>
        PutAsync(new RowChange.Replace(Current, record.ToJson(), etag), record, cancellationToken);

    /// <summary>Whether a node without a copy holds this one now.</summary>
    public async Task<bool> FillAsync(ClusterRecord record, CancellationToken cancellationToken)
    {
        var created = await CallAsync(
            async token =>
            {
                await site!.CreateTable(token);
                return true;
            },
            false, cancellationToken);
        return created && await PutAsync(new RowChange.Insert(Current, record.ToJson()), record, cancellationToken);
    }

    // An answer that was lost is read back. The change may be sent again: the ETag lets it through once.
    private async Task<bool> PutAsync(RowChange change, ClusterRecord record, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await CommitAsync(change, cancellationToken) is var outcome && outcome is RowCommit.Done or RowCommit.Unavailable)
                return outcome is RowCommit.Done;
            if (await ReadAsync(cancellationToken) is CopyAnswer.Held(var now, _) && now.Accepted == record.Accepted)
                return true;
            if (outcome is RowCommit.Refused)
                return false;
        }

        return false;
    }

    private Task<RowCommit> CommitAsync(RowChange change, CancellationToken cancellationToken) => CallAsync(
        token => site!.Rows.CommitAsync(Partition, [change], token), new RowCommit.Uncertain("timeout"), cancellationToken);

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, T otherwise, CancellationToken cancellationToken)
    {
        if (site is null || cancellationToken.IsCancellationRequested)
            return otherwise;
        using var timer = new CancellationTokenSource(CallLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Out of time, or anything a client library throws: the node did not answer.
            return otherwise;
        }
    }
}
