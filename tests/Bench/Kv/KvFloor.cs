using Azure;
using Azure.Data.Tables;
using Serverless.Replication;

namespace Serverless.Bench.Kv;

/// <summary>
/// What a careful person would write by hand against the same nodes: the same rows on the same three owners, all sent at once,
/// two awaited. A write is one transaction of the row and a row of a log, as the product's is; nobody ever reads that log. No versions, no
/// conflicts, no repair.
/// </summary>
internal sealed class KvFloor
{
    private readonly ClusterView _view;
    private readonly Dictionary<string, TableClient> _tables;
    private readonly byte[] _row;
    private readonly SecureRandom _random = new();

    private KvFloor(ClusterView view, Dictionary<string, TableClient> tables, byte[] row) => (_view, _tables, _row) = (view, tables, row);

    /// <param name="rig">The nodes.</param>
    /// <param name="row">The bytes of a row as the product stores it.</param>
    /// <param name="table">A fresh table's name.</param>
    public static async Task<KvFloor> CreateAsync(KvRig rig, byte[] row, string table)
    {
        var nodes = rig.OpenTables();
        foreach (var node in rig.Nodes)
            await nodes.Service(node).CreateTableAsync(table);
        return new KvFloor(rig.View, rig.Nodes.ToDictionary(n => n.Id, n => nodes.Service(n).GetTableClient(table)), row);
    }

    public Task InsertAsync(ReplicaKey key) => WriteAsync(key, new TableTransactionAction(TableTransactionActionType.Add, Entity(key)));

    public Task ReplaceAsync(ReplicaKey key) => WriteAsync(key, new TableTransactionAction(TableTransactionActionType.UpdateReplace, Entity(key), ETag.All));

    public Task ReadAsync(ReplicaKey key) =>
        TwoOfThree(key, table => table.GetEntityIfExistsAsync<TableEntity>(_view.Partition(key), key.Row));

    /// <summary>One raw read on one node.</summary>
    public Task ReadOneAsync(ReplicaKey key) =>
        _tables[_view.Owners(key)[0].Id].GetEntityIfExistsAsync<TableEntity>(_view.Partition(key), key.Row);

    private Task WriteAsync(ReplicaKey key, TableTransactionAction change)
    {
        var name = LogRow.Name(NodeTree.LeafOf(key), 0, SecureRandom.Next64(_random));
        var logged = new TableEntity(_view.Partition(key), name) { ["d0"] = new LogRow(key.Row, 1, 2, 3).Encode() };
        return TwoOfThree(key, table => table.SubmitTransactionAsync([change, new TableTransactionAction(TableTransactionActionType.Add, logged)]));
    }

    private async Task TwoOfThree(ReplicaKey key, Func<TableClient, Task> call)
    {
        var calls = _view.Owners(key).Select(owner => call(_tables[owner.Id])).ToList();
        for (var awaited = 0; awaited < 2; awaited++)
        {
            var ended = await Task.WhenAny(calls);
            calls.Remove(ended);
            await ended;
        }

        _ = calls[0].ContinueWith(late => late.Exception, TaskScheduler.Default);
    }

    private TableEntity Entity(ReplicaKey key) => new(_view.Partition(key), key.Row) { ["d0"] = _row };
}
