using Serverless.Replication;

namespace Serverless.Tests.Contracts;

/// <summary>Azure Tables, as Azurite speaks them.</summary>
public sealed class TableReplicaContract(SharedCloud shared) : ReplicaContract, IDisposable
{
    private static int _tables;

    private readonly TableNodes _nodes = new();

    [Fact]
    public async Task A_table_that_is_gone_is_a_node_that_does_not_answer_and_never_a_missing_row()
    {
        var replica = _nodes.Replica(Node(), "neverCreated");
        var cancelled = TestContext.Current.CancellationToken;
        Assert.Equal(new RowRead.Unavailable(TableReplica.TableMissing), await replica.ReadAsync("0001", "kv.a", cancelled));
        Assert.Equal(
            new RowCommit.Unavailable(TableReplica.TableMissing), await replica.CommitAsync("0001", [new RowChange.Insert("kv.a", new byte[1])], cancelled));
        Assert.Equal(
            new RowCommit.Unavailable(TableReplica.TableMissing),
            await replica.CommitAsync("0001", [new RowChange.Insert("kv.a", new byte[1]), new RowChange.Put("kv.b", new byte[1])], cancelled));
        Assert.Equal(new RowList.Unavailable(TableReplica.TableMissing), await replica.ListAsync("0001", "a", "z", 10, cancelled));
    }

    [Fact]
    public async Task A_node_where_nothing_listens_took_no_request()
    {
        var replica = _nodes.Replica(new NodeOptions { Id = "nobody", Region = "r", Endpoint = new Uri("http://127.0.0.1:9/nobody"), Account = "nobody", Key = "bm9ib2R5" }, "rows");
        var cancelled = TestContext.Current.CancellationToken;
        Assert.IsType<RowRead.Unavailable>(await replica.ReadAsync("0001", "kv.a", cancelled));
        Assert.IsType<RowCommit.Unavailable>(await replica.CommitAsync("0001", [new RowChange.Insert("kv.a", new byte[1])], cancelled));
    }

    public void Dispose() => _nodes.Dispose();

    private protected override async Task<IReplica> CreateAsync()
    {
        var table = $"contract{Interlocked.Increment(ref _tables)}";
        await _nodes.Service(Node()).CreateTableIfNotExistsAsync(table, TestContext.Current.CancellationToken);
        return _nodes.Replica(Node(), table);
    }

    private NodeOptions Node()
    {
        var node = shared.Cloud.Nodes[3];
        return new NodeOptions { Id = node.Id, Region = node.Region, Endpoint = node.TableEndpoint, Account = node.Account, Key = node.Key };
    }
}
