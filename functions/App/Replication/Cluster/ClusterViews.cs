using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// The view of the cluster this instance works with, read again in the background from half of its life on, and at once when a node turns out to have
/// lost its tables. While it cannot be read again the last one stays in use for whatever asks no more of it; what counts on it asks whether it is current.
/// </summary>
public sealed class ClusterViews
{
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const int MostTries = 3;
    private const long Never = long.MinValue;

    private readonly Func<CancellationToken, Task<ClusterDocument?>> _load;
    private readonly Func<ClusterMember, IReplica> _open;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _life;
    private readonly TimeSpan _call;
    private readonly Lock _lock = new();
    private Task _loading = Task.CompletedTask;
    private ClusterView? _view;
    private long _triedAt;
    private long _saidAt = Never;
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
    public TimeSpan Age => Volatile.Read(ref _saidAt) is var at and not Never ? _clock.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>Grows with every change of this instance's verdict on a node.</summary>
    public int Turns => Volatile.Read(ref _turns);

    /// <summary>The view; an old one while it is being read again. Null when no view was ever read and too few nodes answer now.</summary>
    public async ValueTask<ClusterView?> GetAsync(CancellationToken cancellationToken)
    {
        var view = Volatile.Read(ref _view);
        if (view is not null && !Volatile.Read(ref _expired) && _clock.GetElapsedTime(Volatile.Read(ref _triedAt)) < _life / 2)
            return view;

        var load = Loading();
        if (view is null)
            await load.WaitAsync(cancellationToken);
        return Volatile.Read(ref _view);
    }

    /// <summary>
    /// A view that a majority held to be in force at most <see cref="ReplicationOptions.ViewSeconds"/> ago; null when none can be had. Whoever
    /// writes asks for it before the first send: an older view may place data where it has been dropped by now.
    /// </summary>
    public async Task<ClusterView?> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await GetAsync(cancellationToken);
            for (var tries = 0; tries < MostTries && Age > _life; tries++)
            {
                if (tries > 0)
                    await Task.Delay(Pause, _clock, cancellationToken);
                await Loading().WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        return Age <= _life ? Volatile.Read(ref _view) : null;
    }

    /// <summary>
    /// Whether <paramref name="view"/> was still in force at most <see cref="ReplicationOptions.ViewSeconds"/> ago. Asked after the last answer that an
    /// operation counts and before it says so to anybody: data moves, and moves away, only once no older view is acted upon. Costs nothing while views are
    /// refreshed in the background. False when it is not, or cannot be told.
    /// </summary>
    public async ValueTask<bool> IsCurrentAsync(ClusterView view, CancellationToken cancellationToken) =>
        (Age <= _life ? Volatile.Read(ref _view) : await CurrentAsync(cancellationToken)) is { } now && now.Document.IsSameAs(view.Document);

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

    // One load at a time, for everybody; after one that failed the next waits a moment.
    private Task Loading()
    {
        lock (_lock)
        {
            if (_loading.IsCompleted && (_triedAt == 0 || _clock.GetElapsedTime(_triedAt) >= Pause))
                _loading = LoadAsync();
            return _loading;
        }
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
        cluster.NodeOf(member) ?? throw new InvalidOperationException(
            $"The cluster has a node '{member.Id}' that Cluster:Nodes of this instance does not name: configure it, then restart."),
        member.Table);
}
