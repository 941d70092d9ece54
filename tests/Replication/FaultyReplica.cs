using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>What happens to calls on a node.</summary>
internal enum Fault
{
    None,

    /// <summary>Refused at once, nothing changes.</summary>
    Down,

    /// <summary>The answer never comes; nothing changes.</summary>
    Hangs,

    /// <summary>The change is made, the answer is lost.</summary>
    AnswerLost,

    /// <summary>Every commit loses its answer and changes nothing.</summary>
    RequestLost,

    /// <summary>Commits are on their way and do not arrive; reads are answered.</summary>
    CommitsHang,
}

/// <summary>Injects faults by decorating the seam, and counts calls.</summary>
internal sealed class FaultyReplica(IReplica inner) : IReplica
{
    public Fault Fault { get; set; }

    /// <summary>Which commits the fault hits; the others are made. All, unless a test says otherwise.</summary>
    public Predicate<IReadOnlyList<RowChange>> Hits { get; set; } = _ => true;

    /// <summary>Ends when a commit has reached the node; at once, unless a test says otherwise.</summary>
    public Func<IReadOnlyList<RowChange>, Task> Way { get; set; } = _ => Task.CompletedTask;

    public int Reads { get; private set; }

    public int Commits { get; private set; }

    public async Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken)
    {
        Reads++;
        if (Fault == Fault.Down)
            return new RowRead.Unavailable("down");
        if (Fault == Fault.Hangs)
            await Never(cancellationToken);
        return await inner.ReadAsync(partition, row, cancellationToken);
    }

    public async Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        Commits++;
        await Way(changes);
        switch (Hits(changes) ? Fault : Fault.None)
        {
            case Fault.Down:
                return new RowCommit.Unavailable("down");
            case Fault.RequestLost:
                return new RowCommit.Uncertain("lost");
            case Fault.Hangs or Fault.CommitsHang:
                await Never(cancellationToken);
                break;
            case Fault.AnswerLost:
                await inner.CommitAsync(partition, changes, cancellationToken);
                return new RowCommit.Uncertain("lost");
        }

        return await inner.CommitAsync(partition, changes, cancellationToken);
    }

    public async Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken) =>
        Fault == Fault.Down ? new RowList.Unavailable("down") : await inner.ListAsync(partition, from, to, limit, cancellationToken);

    private static Task Never(CancellationToken cancellationToken) =>
        new TaskCompletionSource().Task.WaitAsync(cancellationToken);
}
