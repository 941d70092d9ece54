using Serverless.Replication;

namespace Serverless.Tests.Notifications;

/// <summary>The life of one instance: each call that it makes is counted on its way there and on its way back, and at one of these points it may die. Whoever is dead hears and sends nothing more.</summary>
internal sealed class MortalLife
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    /// <summary>Points passed so far.</summary>
    public int Points { get; private set; }

    /// <summary>The point at which it dies; null: it does not.</summary>
    public int? DiesAt { get; init; }

    public bool IsDead { get; private set; }

    /// <summary>Told when it dies.</summary>
    public Action? Died { get; init; }

    /// <summary>A call with both its points.</summary>
    public async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        await PassAsync();
        var answer = await call();
        await PassAsync();
        return answer;
    }

    public void Kill()
    {
        if (IsDead)
            return;
        IsDead = true;
        Died?.Invoke();
    }

    private Task PassAsync()
    {
        if (!IsDead && ++Points == DiesAt)
            Kill();
        return IsDead ? Never : Task.CompletedTask;
    }
}

/// <summary>A node as an instance reaches it while it lives.</summary>
internal sealed class MortalReplica(MortalLife life, IReplica inner) : IReplica
{
    public Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) => life.CallAsync(() => inner.ReadAsync(partition, row, cancellationToken));

    public Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
        life.CallAsync(() => inner.CommitAsync(partition, changes, cancellationToken));

    public Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken) =>
        life.CallAsync(() => inner.ListAsync(partition, from, to, limit, cancellationToken));
}
