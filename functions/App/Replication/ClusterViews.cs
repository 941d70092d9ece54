using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// The view of the cluster this instance works with, read again after at most 30 s, and at once when a node turns out to have
/// lost its tables. While it cannot be read again the last one stays in use.
/// </summary>
public sealed class ClusterViews : IDisposable
{
    private readonly Func<CancellationToken, Task<ClusterDocument?>> _load;
    private readonly Func<ClusterMember, IReplica> _open;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _life;
    private readonly TimeSpan _call;
    private readonly SemaphoreSlim _loading = new(1);
    private ClusterView? _view;
    private long _loadedAt;
    private bool _expired;

    public ClusterViews(
        ClusterStore store, TableNodes tables, IOptions<ClusterOptions> cluster, IOptions<ReplicationOptions> replication, TimeProvider clock)
        : this(store.LoadAsync, member => Open(member, cluster.Value, tables), cluster.Value.Region, replication.Value, clock)
    {
    }

    /// <param name="load">Reads the document in force; null when it cannot be told.</param>
    /// <param name="open">The rows of one member.</param>
    /// <param name="region">Where this instance runs.</param>
    /// <param name="options">Limits of calls and views.</param>
    /// <param name="clock">The clock.</param>
    public ClusterViews(
        Func<CancellationToken, Task<ClusterDocument?>> load, Func<ClusterMember, IReplica> open, string region, ReplicationOptions options, TimeProvider clock)
    {
        (_load, _open, Region, _clock) = (load, open, region, clock);
        _life = TimeSpan.FromSeconds(options.ViewSeconds);
        _call = TimeSpan.FromMilliseconds(options.CallMilliseconds);
    }

    public string Region { get; }

    /// <summary>Null when no view was ever read and too few nodes answer now.</summary>
    public async ValueTask<ClusterView?> GetAsync(CancellationToken cancellationToken)
    {
        if (_view is { } fresh && !Volatile.Read(ref _expired) && _clock.GetElapsedTime(Volatile.Read(ref _loadedAt)) < _life)
            return fresh;

        // One caller reads; with an old view at hand the others go on with it meanwhile.
        if (_view is { } old && !await _loading.WaitAsync(0, CancellationToken.None))
            return old;
        if (_view is null)
            await _loading.WaitAsync(cancellationToken);
        try
        {
            if (_view is null || Volatile.Read(ref _expired) || _clock.GetElapsedTime(_loadedAt) >= _life)
                await LoadAsync(cancellationToken);
            return _view;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>The next caller reads the document again.</summary>
    public void Expire() => Volatile.Write(ref _expired, true);

    public void Dispose() => _loading.Dispose();

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _expired, false);
        var document = await _load(cancellationToken);
        if (document is not null && document.Epoch != _view?.Epoch)
            _view = new ClusterView(document.ToRing(), document.Nodes.ToDictionary(m => m.Id, Connect, StringComparer.Ordinal));
        Volatile.Write(ref _loadedAt, _clock.GetTimestamp());
    }

    // What was seen of one incarnation says nothing of the next: it answered when its tables were created.
    private Node Connect(ClusterMember member)
    {
        var health = _view?.Nodes.GetValueOrDefault(member.Id) is { } known && known.Incarnation == member.Incarnation
            ? known.Health
            : new NodeHealth(_clock);
        var replica = new GuardedReplica(_open(member), health, _clock, _call, Expire);
        return new Node(member.Id, member.Region, member.Incarnation, member.State == MemberState.Member, replica, health);
    }

    private static IReplica Open(ClusterMember member, ClusterOptions cluster, TableNodes tables) => tables.Replica(
        cluster.Nodes.Find(n => n.Id == member.Id) ?? throw new InvalidOperationException(
            $"The cluster has a node '{member.Id}' that Cluster:Nodes of this instance does not name: configure it, then restart."),
        member.Table);
}
