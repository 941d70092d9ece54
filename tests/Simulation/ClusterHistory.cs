using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>What instances proposed and were told of the membership, and the law that successive documents form one chain.</summary>
internal sealed class ClusterHistory
{
    private readonly Dictionary<ulong, ClusterDocument?> _madeOf = [];
    private readonly Dictionary<int, ulong> _inForce = [];
    private readonly List<ClusterDocument> _made = [];
    private int _newest;

    public List<string> Broken { get; } = [];

    /// <summary>Changes that were told to be made.</summary>
    public int Made => _made.Count;

    /// <summary>Questions and changes of which nothing was told.</summary>
    public int Refused { get; private set; }

    /// <summary>Nodes of the smallest document among the newest that anybody proposed.</summary>
    public int Fewest => _madeOf.Values.OfType<ClusterDocument>().OrderByDescending(document => document.Epoch).Take(4).Select(document => document.Nodes.Count).DefaultIfEmpty().Min();

    /// <summary>The greatest epoch that anybody was told before now.</summary>
    public int Begin() => _newest;

    /// <param name="of">Null: it is the first.</param>
    /// <param name="next">What may take its place.</param>
    public void Propose(ClusterDocument? of, ClusterDocument next) => _madeOf[next.Change] = of;

    /// <param name="known">As <see cref="Begin"/> told when the question was asked.</param>
    /// <param name="document">The answer.</param>
    /// <param name="wasMade">It is the answerer's own change.</param>
    public void Told(int known, ClusterDocument? document, bool wasMade)
    {
        if (document is null)
        {
            Refused++;
            return;
        }

        // A change may have been made before the question: then others made more of it, and it was told late.
        if (document.Epoch < known && !wasMade)
            Broken.Add($"Epoch {document.Epoch} was told after epoch {known}.");
        _newest = Math.Max(_newest, document.Epoch);
        if (wasMade)
            _made.Add(document);
        for (var at = document; at is not null; at = _madeOf[at.Change])
        {
            if (_inForce.TryAdd(at.Epoch, at.Change))
                continue;
            if (_inForce[at.Epoch] != at.Change)
                Broken.Add($"Two documents of epoch {at.Epoch} were in force.");
            break;
        }
    }

    /// <summary>The document in force after everything.</summary>
    public void End(ClusterDocument last)
    {
        Told(_newest, last, wasMade: false);
        foreach (var change in _made.CountBy(document => document.Change).Where(change => change.Value != 1))
            Broken.Add($"Change {change.Key:x16} was made {change.Value} times.");
    }
}
