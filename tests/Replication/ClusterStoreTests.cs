using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Serverless.Local.Cloud;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>The membership on real tables, changed by several instances at once.</summary>
public sealed class ClusterStoreTests : IAsyncLifetime
{
    private readonly List<TableNodes> _tables = [];
    private LocalCloud _cloud = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true, NodesPerRegion = 1 }, cancellationToken: Cancelled);

    public async ValueTask DisposeAsync()
    {
        _tables.ForEach(t => t.Dispose());
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Instances_that_start_a_cluster_at_once_agree_on_one_and_changes_at_once_are_all_made()
    {
        var stores = Enumerable.Range(1, 3).Select(seed => Store(seed)).ToList();
        await Task.WhenAll(stores.Select(s => s.LoadAsync(Cancelled)));
        var founded = await Task.WhenAll(stores.Select(s => LoadedAsync(s)));
        Assert.Single(founded.Select(d => Convert.ToHexString(d.ToJson())).Distinct());

        var ids = _cloud.Nodes.Select(n => n.Id).ToList();
        var changes = await Task.WhenAll(stores.Zip(ids, (store, id) => store.ReincarnateAsync(n => n.Id == id, false, Cancelled)));
        Assert.All(changes, Assert.NotNull);
        var now = await LoadedAsync(stores[0]);
        Assert.All(now.Nodes, n => Assert.Equal(MemberState.Refilling, n.State));

        await Task.WhenAll(stores.Zip(now.Nodes, (store, n) => store.ChangeAsync(d => d.Promote(new HashSet<string>([n.Id]), () => n.Incarnation), Cancelled)));
        Assert.All((await LoadedAsync(stores[1])).Nodes, n => Assert.Equal(MemberState.Member, n.State));
        Assert.Null(await stores[2].ChangeAsync(_ => null, Cancelled));
        Assert.Equal(7, (await LoadedAsync(stores[2])).Epoch);
    }

    [Fact]
    public async Task A_membership_that_cannot_be_read_is_never_replaced_by_a_new_cluster()
    {
        var store = Store(1);
        await LoadedAsync(store);
        foreach (var node in Nodes())
        {
            var replica = _tables[0].Replica(node, "cluster");
            await replica.CommitAsync("cluster", [new RowChange.Put("current", "written by a newer version"u8.ToArray())], Cancelled);
        }

        Assert.Null(await store.LoadAsync(Cancelled));
        var row = Assert.IsType<RowRead.Found>(await _tables[0].Replica(Nodes()[0], "cluster").ReadAsync("cluster", "current", Cancelled)).Row;
        Assert.Equal("written by a newer version"u8.ToArray(), row.Data.ToArray());
    }

    [Fact]
    public async Task A_node_that_lost_its_copy_does_not_help_to_settle_on_an_older_one()
    {
        var founded = await LoadedAsync(Store(1));
        var ids = founded.Nodes.Select(n => n.Id).ToList();
        Assert.Equal(2, (await Store(2, unreachable: ids[2]).ReincarnateAsync(n => n.Id == ids[0], false, Cancelled))!.Epoch);
        await _tables[0].Service(Nodes()[0]).GetTableClient("cluster").DeleteEntityAsync("cluster", "current", cancellationToken: Cancelled);

        Assert.Null(await Store(3, unreachable: ids[1]).LoadAsync(Cancelled));
        Assert.Equal(MemberState.Refilling, (await LoadedAsync(Store(4))).Nodes[0].State);
    }

    [Fact]
    public async Task Rows_without_copies_go_when_their_node_goes_back_in_time()
    {
        var store = Store(1);
        var founded = await LoadedAsync(store);
        foreach (var (member, node) in founded.Nodes.Zip(Nodes().OrderBy(n => n.Id, StringComparer.Ordinal)))
        {
            foreach (var partition in new[] { "sole.a.1", "sole.b.1", "0001" })
                await _tables[0].Replica(node, member.Table).CommitAsync(partition, [new RowChange.Put("0.row", new byte[1])], Cancelled);
        }

        var back = founded.Nodes.Take(2).Select(n => n.Id).ToHashSet();
        var now = (await store.ReincarnateAsync(n => back.Contains(n.Id), hasOlderState: true, Cancelled))!;
        Assert.Equal(founded.Nodes.Select(n => n.Table), now.Nodes.Select(n => n.Table));
        foreach (var (member, node) in now.Nodes.Zip(Nodes().OrderBy(n => n.Id, StringComparer.Ordinal)))
        {
            var rows = _tables[0].Service(node).GetTableClient(member.Table).Query<TableEntity>(cancellationToken: Cancelled).Select(row => row.PartitionKey);
            Assert.Equal(back.Contains(member.Id) ? ["0001"] : ["0001", "sole.a.1", "sole.b.1"], rows.Order(StringComparer.Ordinal));
        }
    }

    // While others are at it a load may find no majority for a moment.
    private static async Task<ClusterDocument> LoadedAsync(ClusterStore store)
    {
        ClusterDocument? document = null;
        await Eventually.HoldsAsync(async () => (document = await store.LoadAsync(Cancelled)) is not null, "a majority shows one membership");
        return document!;
    }

    private List<NodeOptions> Nodes() =>
        [.. _cloud.Nodes.Select(n => new NodeOptions { Id = n.Id, Region = n.Region, Endpoint = n.TableEndpoint, Account = n.Account, Key = n.Key })];

    private ClusterStore Store(int seed, string? unreachable = null)
    {
        var nodes = Nodes();
        foreach (var node in nodes.Where(n => n.Id == unreachable))
            node.Endpoint = new Uri("http://127.0.0.1:9/nobody");
        var tables = new TableNodes();
        _tables.Add(tables);
        return new ClusterStore(
            tables, Options.Create(new ClusterOptions { Region = "local-1", Nodes = nodes }), Options.Create(new ReplicationOptions()), new Random(seed), TimeProvider.System);
    }
}
