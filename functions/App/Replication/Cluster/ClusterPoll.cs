namespace Serverless.Replication;

/// <summary>What the nodes said of their copies, and what follows from it.</summary>
internal sealed class ClusterPoll
{
    private readonly Dictionary<string, CopyAnswer> _answers = new(StringComparer.Ordinal);
    private ClusterQuorums? _quorums;

    public IReadOnlyDictionary<string, CopyAnswer> Answers => _answers;

    /// <summary>The copy with the greatest ballot; null when no node has one.</summary>
    public ClusterRecord? Newest { get; private set; }

    /// <summary>The newest, when majorities by its own rule hold it under one ballot: any that was decided later would have been seen at one of them.</summary>
    public ClusterRecord? InForce =>
        _quorums is { } quorums && quorums.AreIn(id => Copy(id) is { } copy && copy.Accepted == Newest!.Accepted) ? Newest : null;

    /// <summary>Fewer than a majority have a copy, and all the others have said that they lost theirs.</summary>
    public bool IsAllThatIsLeft => _quorums is { } quorums
        && quorums.AreAll(id => _answers.GetValueOrDefault(id) is CopyAnswer.Held or CopyAnswer.Empty) && !quorums.AreIn(id => Copy(id) is not null);

    /// <summary>Whether enough answered for a ballot to succeed.</summary>
    public bool CanSettle => _quorums is { } quorums && (IsAllThatIsLeft || quorums.AreIn(id => Copy(id) is not null));

    /// <summary>All who were asked have said that they have no copy.</summary>
    public bool IsNobodys => _answers.Values.All(answer => answer is CopyAnswer.Empty);

    public void Add(string id, CopyAnswer answer)
    {
        _answers[id] = answer;
        if (answer is not CopyAnswer.Held(var record, _) || (Newest is not null && Newest.Accepted >= record.Accepted))
            return;
        Newest = record;
        _quorums = ClusterQuorums.Of(record.Document);
    }

    /// <summary>Who must still be asked: those whom the newest document names; while there is none, <paramref name="others"/>.</summary>
    public IEnumerable<string> Wanted(Func<IEnumerable<string>> others) =>
        (_quorums?.Nodes ?? others()).Where(id => !_answers.ContainsKey(id));

    /// <summary>Whether enough promised this ballot that no other can be decided below it unseen.</summary>
    public bool HasPromised(Ballot ballot) => _quorums is { } quorums && (IsAllThatIsLeft
        ? quorums.AreAll(id => Copy(id) is not { } copy || copy.Promised == ballot)
        : quorums.AreIn(id => Copy(id)?.Promised == ballot));

    private ClusterRecord? Copy(string id) => (_answers.GetValueOrDefault(id) as CopyAnswer.Held)?.Record;
}
