using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// The view of the cluster this instance works with, read again after at most 30 s, and at once when a node turns out to have
/// lost its tables. While it cannot be read again the last one stays in use.
/// </summary>
public sealed class ClusterViews
{
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Func<CancellationToken, Task<ClusterDocument?>> _load;
    private readonly Func<ClusterMember, IReplica> _open;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _life;
    private readonly TimeSpan _call;
    private readonly Lock _lock = new();
    private Task _loading = Task.CompletedTask;
    private ClusterView? _view;
    private long _triedAt;
    private long _saidAt;
    private bool _expired;
    private int _turns;

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

    /// <summary>How long ago it is that a majority was last known to hold the view to be in force; never, when none was read.</summary>
    public TimeSpan Age => Volatile.Read(ref _saidAt) is var at and not 0 ? _clock.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>Grows with every change of this instance's verdict on a node.</summary>
    public int Turns => Volatile.Read(ref _turns);

    /// <summary>The view; an old one while it is being read again. Null when no view was ever read and too few nodes answer now.</summary>
    public async ValueTask<ClusterView?> GetAsync(CancellationToken cancellationToken)
    {
        var view = Volatile.Read(ref _view);
        if (view is not null && !Volatile.Read(ref _expired) && _clock.GetElapsedTime(Volatile.Read(ref _triedAt)) < _life)
            return view;

        Task load;
        lock (_lock)
        {
            // One load at a time, for everybody; after one that failed the next waits a moment.
            if (_loading.IsCompleted && (_triedAt == 0 || _clock.GetElapsedTime(_triedAt) >= Pause))
                _loading = LoadAsync();
            load = _loading;
        }

        if (view is null)
            await load.WaitAsync(cancellationToken);
        return Volatile.Read(ref _view);
    }

    /// <summary>The next caller has the document read again.</summary>
    public void Expire() => Volatile.Write(ref _expired, true);

    /// <summary>Reads the document again and returns when that is done.</summary>
    public async Task<ClusterView?> RefreshAsync(CancellationToken cancellationToken)
    {
        await LoadAsync().WaitAsync(cancellationToken);
        return Volatile.Read(ref _view);
    }

    /// <summary>Whether <paramref name="view"/> is still the membership in force: a majority has said so after this call began.</summary>
    public async Task<bool> ConfirmAsync(ClusterView view, CancellationToken cancellationToken) =>
        await LoadAsync().WaitAsync(cancellationToken) is { } document && document.IsSameAs(view.Document);

    /// <summary>Whether an operation that worked with <paramref name="view"/> may be answered now: nothing else can have been in force for longer than a view lives. False when that cannot be told in time.</summary>
    public async ValueTask<bool> IsCurrentAsync(ClusterView view, CancellationToken cancellationToken)
    {
        try
        {
            for (var tries = 0; tries < Retry.MostTries; tries++)
            {
                if (ReferenceEquals(view, Volatile.Read(ref _view)) && Age <= _life)
                    return true;
                await RefreshAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Out of time.
        }

        return ReferenceEquals(view, Volatile.Read(ref _view)) && Age <= _life;
    }

    // What a majority says; null when too few nodes answered to tell.
    private async Task<ClusterDocument?> LoadAsync()
    {
        using var limit = new CancellationTokenSource(LoadLimit, _clock);
        var asked = _clock.GetTimestamp();
        try
        {
            Volatile.Write(ref _expired, false);
            var document = await _load(limit.Token);
            if (document is null)
                Volatile.Write(ref _expired, true);
            lock (_lock)
            {
                if (document is not null && (_view is null || (document.Epoch >= _view.Epoch && !document.IsSameAs(_view.Document))))
                    _view = new ClusterView(document, document.Nodes.ToDictionary(m => m.Id, Connect, StringComparer.Ordinal));
                if (document is not null && document.IsSameAs(_view!.Document))
                    Volatile.Write(ref _saidAt, Math.Max(asked, _saidAt));
            }

            return document;
        }
        catch (Exception failure) when (failure is not InvalidOperationException)
        {
            // Asked again by whoever needs it, after the pause. A configuration that does not fit the cluster is for people to read.
            Volatile.Write(ref _expired, true);
            return null;
        }
        finally
        {
            Volatile.Write(ref _triedAt, _clock.GetTimestamp());
        }
    }

    private Node Connect(ClusterMember member)
    {
        var health = _view?.Nodes.GetValueOrDefault(member.Id) is { } known && known.Incarnation == member.Incarnation
            ? known.Health
            : new NodeHealth(_clock, () => Interlocked.Increment(ref _turns));
        var replica = new GuardedReplica(_open(member), health, _clock, _call, Expire);
        return new Node(member.Id, member.Region, member.Incarnation, member.State == MemberState.Member, replica, health);
    }

    private static IReplica Open(ClusterMember member, ClusterOptions cluster, TableNodes tables) => tables.Replica(
        cluster.Nodes.Find(n => n.Id == member.Id) ?? throw new InvalidOperationException(
            $"The cluster has a node '{member.Id}' that Cluster:Nodes of this instance does not name: configure it, then restart."),
        member.Table);
}
