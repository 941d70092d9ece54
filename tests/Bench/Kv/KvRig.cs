using Microsoft.Extensions.Options;
using Serverless.Bench.Wan;
using Serverless.Local.Cloud;
using Serverless.Replication;

namespace Serverless.Bench.Kv;

/// <summary>A local cloud kept in memory, and coordinators on it that share nothing but its nodes.</summary>
internal sealed class KvRig : IAsyncDisposable
{
    private readonly LocalCloud _cloud;
    private readonly List<TableNodes> _tables = [];
    private readonly List<StrictRegisters> _registers = [];

    private KvRig(LocalCloud cloud)
    {
        _cloud = cloud;
        Nodes = [.. cloud.Nodes.Select(n => new NodeOptions { Id = n.Id, Region = n.Region, Endpoint = n.TableEndpoint, Account = n.Account, Key = n.Key })];
    }

    public IReadOnlyList<NodeOptions> Nodes { get; }

    public IReadOnlyList<ReplicatedStore> Coordinators { get; private set; } = [];

    /// <summary>The strict registers, through each coordinator.</summary>
    public IReadOnlyList<StrictRegisters> Registers => _registers;

    public ClusterView View { get; private set; } = null!;

    /// <param name="coordinators">Instances, one region after the other.</param>
    /// <param name="roundTrip">Put before every node in another region than the coordinator's; zero: nothing.</param>
    public static async Task<KvRig> StartAsync(int coordinators, TimeSpan roundTrip = default)
    {
        var rig = new KvRig(await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true }, null, CancellationToken.None));
        rig.Coordinators = [.. Enumerable.Range(0, coordinators).Select(i => rig.Coordinator(rig._cloud.Regions[i % rig._cloud.Regions.Count], roundTrip))];
        return rig;
    }

    /// <summary>The floor's own clients: the same options as the product's.</summary>
    public TableNodes OpenTables()
    {
        var tables = new TableNodes();
        _tables.Add(tables);
        return tables;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var coordinator in Coordinators)
            coordinator.Dispose();
        foreach (var registers in _registers)
            registers.Dispose();
        foreach (var tables in _tables)
            tables.Dispose();
        await _cloud.DisposeAsync();
    }

    private ReplicatedStore Coordinator(string region, TimeSpan roundTrip)
    {
        var cluster = Options.Create(new ClusterOptions { Region = region, Nodes = [.. Nodes] });
        var replication = Options.Create(new ReplicationOptions());
        var tables = OpenTables();
        var random = new SecureRandom();
        var views = new ClusterViews(
            new ClusterStore(tables, cluster, replication, random, TimeProvider.System).LoadAsync, Open, region, replication.Value, TimeProvider.System);
        View ??= views.GetAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()
            ?? throw new InvalidOperationException("The local cloud did not tell its membership.");
        _registers.Add(new StrictRegisters(views, replication, TimeProvider.System, random));
        return new ReplicatedStore(views, replication, TimeProvider.System, random);

        IReplica Open(ClusterMember member)
        {
            var replica = tables.Replica(Nodes.Single(node => node.Id == member.Id), member.Table);
            return member.Region == region || roundTrip == TimeSpan.Zero ? replica : new DistantReplica(replica, roundTrip);
        }
    }
}
