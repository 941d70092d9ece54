namespace Serverless.Replication;

/// <summary>
/// Who has acknowledged one write, and whether that is enough: one place for each owner, held by itself or by the node that stands in
/// for it. Thread-safe.
/// </summary>
/// <param name="owners">In the order of their places.</param>
/// <param name="quorums">The sets of owners of each of which W must acknowledge.</param>
/// <param name="needed">W.</param>
/// <param name="sloppy">Whether nodes that stand in count.</param>
internal sealed class WriteTally(IReadOnlyList<Node> owners, IReadOnlyList<IReadOnlyList<Node>> quorums, int needed, bool sloppy)
{
    private readonly Lock _lock = new();
    private readonly ReplicaAnswer?[] _places = new ReplicaAnswer?[owners.Count];
    private readonly bool[] _failed = new bool[owners.Count];
    private readonly TaskCompletionSource _enough = new();

    // The places of each set of owners.
    private readonly int[][] _sets =
        [.. quorums.Select(quorum => Enumerable.Range(0, owners.Count).Where(place => quorum.Contains(owners[place])).ToArray())];

    /// <summary>Ends when W have acknowledged, or <see cref="End"/> says that nothing more will come.</summary>
    public Task Enough => _enough.Task;

    /// <summary>The acknowledgements that count, and how many of them the set of owners has that has fewest.</summary>
    public (ReplicaAnswer[] Answers, int Fewest) Counted
    {
        get
        {
            lock (_lock)
            {
                var counted = _sets.Select(CountedOf).ToList();
                return ([.. counted.SelectMany(answers => answers).Distinct()], counted.Min(answers => answers.Count));
            }
        }
    }

    /// <summary>The regions that hold the write, or will unless an owner there fails yet.</summary>
    public HashSet<string> Regions
    {
        get
        {
            lock (_lock)
                return [.. owners.Where((_, place) => !_failed[place]).Select(owner => owner.Region), .. _places.OfType<ReplicaAnswer>().Select(answer => answer.Region)];
        }
    }

    public bool IsHeld(int place)
    {
        lock (_lock)
            return _places[place] is not null;
    }

    public void Acknowledge(int place, ReplicaAnswer answer)
    {
        lock (_lock)
        {
            if (_places[place] is null || !answer.StandsIn)
                _places[place] = answer;
        }

        EndIfEnough();
    }

    /// <summary>An owner did not take the write at the first try.</summary>
    public void Failed(int place)
    {
        lock (_lock)
            _failed[place] = true;
        EndIfEnough();
    }

    public void End() => _enough.TrySetResult();

    // Hints count only when too few owners are left to do without: a read of owners must find what owners could have held.
    private List<ReplicaAnswer> CountedOf(int[] places)
    {
        var hintsCount = sloppy && places.Count(place => !_failed[place]) < needed;
        return [.. places.Select(place => _places[place]).OfType<ReplicaAnswer>().Where(answer => hintsCount || !answer.StandsIn)];
    }

    private void EndIfEnough()
    {
        if (Counted.Fewest >= needed)
            End();
    }
}
