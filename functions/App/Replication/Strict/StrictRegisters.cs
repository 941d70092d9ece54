namespace Serverless.Replication;

/// <summary>
/// Linearizable registers over the owners of a key: CASPaxos (Rystsov 2018, "CASPaxos: Replicated State Machines without logs").
/// </summary>
public sealed class StrictRegisters
{
    /// <summary>Bytes of the longest value: 128 KiB.</summary>
    public const int MaxValueBytes = 128 * 1024;

    /// <summary>What the register holds, linearizably: every change that ended before this began is in it.</summary>
    public Task<RegisterResult> ReadAsync(ReplicaKey key, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Compare-and-swap: puts what <paramref name="change"/> makes of the content in its place.</summary>
    /// <param name="key">Names the register.</param>
    /// <param name="change">Pure: it may be asked several times, when others change the register at once. Null leaves it as it is.</param>
    /// <param name="cancellationToken">Ends only the wait for earlier changes through this instance; a change that began goes on.</param>
    public Task<RegisterResult> ChangeAsync(ReplicaKey key, Func<RegisterContent, RegisterWrite?> change, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
