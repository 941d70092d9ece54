using Serverless.Replication;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>How a node behaves for a while.</summary>
internal enum Weather
{
    Fair,

    /// <summary>Refuses every call.</summary>
    Down,

    /// <summary>Answers nothing; requests may arrive long after their sender gave up.</summary>
    Silent,

    /// <summary>Takes up to three seconds each way.</summary>
    Slow,

    /// <summary>Loses requests, or the answers to requests it carried out.</summary>
    Lossy,
}

/// <summary>One node over its incarnations: strict tables that outlive its callers, and weather.</summary>
internal sealed class SimulatedNode(Simulator simulator)
{
    private readonly Dictionary<string, MemoryReplica> _tables = new(StringComparer.Ordinal);

    public Weather Weather { get; set; }

    /// <summary>Told of every change that was made.</summary>
    public Action<RowChange>? Committed { get; set; }

    public void Create(string table) => _tables[table] = new MemoryReplica(simulator.Time);

    public bool Has(string table) => _tables.ContainsKey(table);

    public MemoryReplica Table(string table) => _tables[table];

    /// <summary>Everything is gone.</summary>
    public void Wipe() => _tables.Clear();

    /// <param name="table">The incarnation's table.</param>
    /// <param name="reaches">Whether the caller and the node reach each other now.</param>
    public IReplica Reach(string table, Func<bool> reaches) => new Reached(this, table, reaches);

    private Random Random => simulator.Random;

    private Task PassAsync(int mostMilliseconds) => simulator.Delay(TimeSpan.FromMilliseconds(1 + Random.Next(mostMilliseconds)));

    private Task TravelAsync() => PassAsync(Weather == Weather.Slow ? 3_000 : 20);

    private static Task NeverAsync() => new TaskCompletionSource().Task;

    private sealed class Reached(SimulatedNode node, string table, Func<bool> reaches) : IReplica
    {
        public Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken) => AskAsync<RowRead>(
            rows => rows.ReadAsync(partition, row, CancellationToken.None), why => new RowRead.Unavailable(why)).WaitAsync(cancellationToken);

        public Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken) => AskAsync<RowList>(
            rows => rows.ListAsync(partition, from, to, limit, CancellationToken.None), why => new RowList.Unavailable(why)).WaitAsync(cancellationToken);

        // Carried out whether or not the caller still waits: a write that was given up is only uncertain.
        public Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken) =>
            CarryOutAsync(partition, changes).WaitAsync(cancellationToken);

        private async Task<T> AskAsync<T>(Func<MemoryReplica, Task<T>> ask, Func<string, T> unavailable)
        {
            await node.TravelAsync();
            if (node.Weather == Weather.Silent || !reaches())
                await NeverAsync();
            if (node.Weather == Weather.Down || (node.Weather == Weather.Lossy && node.Random.Next(2) == 0))
                return unavailable("down");
            var answer = node._tables.TryGetValue(table, out var rows) ? await ask(rows) : unavailable(TableReplica.TableMissing);
            await node.TravelAsync();
            return answer;
        }

        private async Task<RowCommit> CarryOutAsync(string partition, IReadOnlyList<RowChange> changes)
        {
            await node.TravelAsync();
            if (node.Weather == Weather.Down)
                return new RowCommit.Unavailable("down");
            if (node.Weather == Weather.Silent || !reaches())
                await LateAsync();
            if (node.Weather == Weather.Lossy && node.Random.Next(3) == 0)
                return new RowCommit.Uncertain("request lost");
            if (!node._tables.TryGetValue(table, out var rows))
                return new RowCommit.Unavailable(TableReplica.TableMissing);

            var outcome = await rows.CommitAsync(partition, changes, CancellationToken.None);
            if (outcome is RowCommit.Done)
            {
                foreach (var change in changes)
                    node.Committed?.Invoke(change);
            }

            await node.TravelAsync();
            return (node.Weather == Weather.Lossy && node.Random.Next(3) == 0) || node.Weather == Weather.Down
                ? new RowCommit.Uncertain("answer lost")
                : outcome;
        }

        private async Task LateAsync()
        {
            if (node.Random.Next(2) == 0)
                await NeverAsync();
            await node.PassAsync(20_000);
        }
    }
}
