namespace Serverless.Replication;

/// <summary>
/// The document as one linearizable register over the copies on the nodes that it names itself: CASPaxos (Rystsov 2018, "CASPaxos: Replicated State Machines
/// without logs"; its section 2.3 on changes of membership). A proposer prepares with the nodes of the newest document it can find, which an acceptance of the next
/// one must reach too, so documents form one chain. A node that lost its copy counts neither as a promise nor as an acceptance until a decided document was copied to it.
/// </summary>
/// <param name="sites">Where the copy of a member lies; null when nothing tells its endpoint.</param>
/// <param name="seeds">Whom to ask while no document is known, by turns: the next are asked when those before have no copy.</param>
/// <param name="clock">Time limits, and ballots that grow over restarts.</param>
/// <param name="random">Ballots, and pauses among rivals.</param>
internal sealed class ClusterRegister(
    Func<ClusterMember, ClusterSite?> sites, IReadOnlyList<IReadOnlyList<ClusterMember>> seeds, TimeProvider clock, Random random)
{
    private const int MostReads = 3;
    private const int LongestPauseMilliseconds = 1_600;
    private const int FirstPauseMilliseconds = 50;
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ClusterMember> _members =
        seeds.SelectMany(s => s).DistinctBy(m => m.Id).ToDictionary(m => m.Id, StringComparer.Ordinal);
    private ClusterRecord? _known;
    private ulong _round;

    /// <summary>
    /// The document in force. One round of reads when a majority of its own nodes shows it; else what was cut short is carried on first. Null when too few
    /// nodes answer, or when none has a copy and <paramref name="found"/> does not say what begins.
    /// </summary>
    /// <param name="found">Asked when all seeds answered and none has a copy: the first document.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ClusterRecord?> ReadAsync(Func<Task<ClusterDocument?>> found, CancellationToken cancellationToken)
    {
        for (var reads = 1; reads <= MostReads && !cancellationToken.IsCancellationRequested; reads++)
        {
            if (reads > 1)
                await PauseAsync(reads);
            var poll = await PollAsync(cancellationToken);
            if (poll.InForce is { } inForce)
                return inForce;
            if (seeds[0].Count > 0 && poll.IsNobodys && await found() is { } first)
                await FoundAsync(first, cancellationToken);

            // Whoever is changing it just now is given a moment to end.
            else if (poll.CanSettle && reads > 1 && await ProposeAsync(poll.Newest!.Document, null, cancellationToken) is { } settled)
                return settled;
        }

        return null;
    }

    /// <summary>
    /// Puts what <paramref name="change"/> makes of the document in force in its place: exactly once, whatever answers were lost. It is asked again when somebody
    /// else was first. Null when it answers null, or when it could not be done, or not be told, within 10 s.
    /// </summary>
    /// <param name="change">Pure. Successive documents must share a quorum (<see cref="ClusterQuorums.Shares"/>).</param>
    /// <param name="prepare">What must be done before a document is published; false: it cannot be.</param>
    /// <param name="found">As for <see cref="ReadAsync"/>.</param>
    /// <param name="cancellationToken">Gives up; the change may be made all the same.</param>
    public async Task<ClusterChanged?> ChangeAsync(
        Func<ClusterDocument, ClusterDocument?> change,
        Func<ClusterDocument, ClusterDocument, Task<bool>> prepare,
        Func<Task<ClusterDocument?>> found,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ChangeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var proposed = new List<ClusterChanged>();
        for (var tries = 1; !either.IsCancellationRequested; tries++)
        {
            if (await ReadAsync(found, either.Token) is { } now)
            {
                if (proposed.Find(p => now.Includes(p.Next)) is { } made)
                    return made;
                if (change(now.Document) is not { } next)
                    return null;
                if (!ClusterQuorums.Of(now.Document).Shares(ClusterQuorums.Of(next)))
                    throw new InvalidOperationException("A membership can only be followed by one that shares a quorum with it.");
                if (await prepare(now.Document, next))
                {
                    proposed.Add(new ClusterChanged(now.Document, next));
                    if (await ProposeAsync(now.Document, next, either.Token) is { } record && record.Includes(next))
                        return proposed[^1];
                }
            }

            await PauseAsync(tries);
        }

        return null;
    }

    // Of several instances that start a cluster at once, the one that inserts on the first node decides; the others adopt.
    private async Task FoundAsync(ClusterDocument first, CancellationToken cancellationToken)
    {
        var founders = seeds[0].Select(Copy).ToList();
        await founders[0].FillAsync(ClusterRecord.Founding(first), cancellationToken);
        if (await founders[0].ReadAsync(cancellationToken) is CopyAnswer.Held(var decided, _))
            await Task.WhenAll(founders.Skip(1).Select(copy => copy.FillAsync(decided, cancellationToken)));
    }

    private async Task<ClusterPoll> PollAsync(CancellationToken cancellationToken)
    {
        var poll = new ClusterPoll();
        var (ask, turn) = Start();
        while (poll.InForce is null && (ask.Count > 0 || (poll.Newest is null && turn < seeds.Count - 1)))
        {
            var asked = ask.ConvertAll(async id => (Id: id, Answer: await Copy(id).ReadAsync(cancellationToken)));
            while (asked.Count > 0 && poll.InForce is null)
            {
                var answered = await Task.WhenAny(asked);
                asked.Remove(answered);
                var (id, answer) = await answered;
                poll.Add(id, answer);
                Remember(answer);
            }

            ask = [.. poll.Wanted(() => ++turn < seeds.Count ? seeds[turn].Select(m => m.Id) : [])];
        }

        return poll;
    }

    // One ballot: what is in force after it, or null when a rival's was greater or too few answered. The next document takes the place of the one that it was made of, and of no other.
    private async Task<ClusterRecord?> ProposeAsync(ClusterDocument now, ClusterDocument? next, CancellationToken cancellationToken)
    {
        var ballot = NextBallot();
        var poll = new ClusterPoll();
        var ask = ClusterQuorums.Of(now).Nodes.Union(next is null ? [] : ClusterQuorums.Of(next).Nodes, StringComparer.Ordinal).ToList();
        for (; ask.Count > 0; ask = [.. poll.Wanted(() => [])])
        {
            foreach (var (id, answer) in await Task.WhenAll(ask.Select(async id => (id, await Copy(id).PromiseAsync(ballot, cancellationToken)))))
            {
                poll.Add(id, answer);
                Remember(answer);
            }
        }

        if (poll.Newest is not { } newest || newest.Accepted >= ballot || !poll.HasPromised(ballot))
            return null;

        var made = next is not null && newest.Document.IsSameAs(now) ? next : newest.Document;
        var record = newest.With(ballot, made);
        var (before, after) = (ClusterQuorums.Of(newest.Document), ClusterQuorums.Of(made));
        var accepted = (await Task.WhenAll(poll.Answers.Select(async said => (said.Key, Accepted: said.Value switch
        {
            CopyAnswer.Held(var copy, var etag) => copy.Promised == ballot && await Copy(said.Key).AcceptAsync(record, etag, cancellationToken),

            // One that was no member has nothing to remember. And when fewer than a majority remember, all that is left to be known is known.
            CopyAnswer.Empty => after.Has(said.Key) && (!before.Has(said.Key) || poll.IsAllThatIsLeft) && await Copy(said.Key).FillAsync(record, cancellationToken),
            _ => false,
        })))).Where(said => said.Accepted).Select(said => said.Key).ToHashSet(StringComparer.Ordinal);
        if (!before.AreIn(accepted.Contains) || !after.AreIn(accepted.Contains))
            return null;

        // Only what is decided, and only to nodes that had no copy when they were asked to promise: what they forgot was then seen elsewhere.
        await Task.WhenAll(poll.Answers
            .Where(said => said.Value is CopyAnswer.Empty && after.Has(said.Key) && !accepted.Contains(said.Key))
            .Select(said => Copy(said.Key).FillAsync(record, cancellationToken)));
        return record;
    }

    private Ballot NextBallot()
    {
        lock (_lock)
        {
            _round = Math.Max(_round + 1, (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds());
            return new Ballot(_round, SecureRandom.Next64(random));
        }
    }

    private void Remember(CopyAnswer answer)
    {
        if (answer is not CopyAnswer.Held(var record, _))
            return;
        lock (_lock)
        {
            _round = Math.Max(_round, record.Promised.Round);
            if (_known is not null && _known.Accepted >= record.Accepted)
                return;
            _known = record;
            foreach (var member in record.Document.Nodes)
                _members[member.Id] = member;
        }
    }

    // Whom to ask first, and the turn of the seeds that this is.
    private (List<string> Ask, int Turn) Start()
    {
        lock (_lock)
            return _known is { } known ? ([.. ClusterQuorums.Of(known.Document).Nodes], -1) : ([.. seeds[0].Select(m => m.Id)], 0);
    }

    private ClusterCopy Copy(string id)
    {
        lock (_lock)
            return new ClusterCopy(_members.TryGetValue(id, out var member) ? sites(member) : null, clock);
    }

    private ClusterCopy Copy(ClusterMember member) => Copy(member.Id);

    private Task PauseAsync(int tries)
    {
        var most = Math.Min(LongestPauseMilliseconds, FirstPauseMilliseconds << Math.Min(tries, 10));
        return Task.Delay(TimeSpan.FromMilliseconds(random.Next(FirstPauseMilliseconds / 2, most)), clock, CancellationToken.None);
    }
}

/// <summary>A change that was made.</summary>
/// <param name="Before">The document that it was made of.</param>
/// <param name="Next">The document that took its place.</param>
internal sealed record ClusterChanged(ClusterDocument Before, ClusterDocument Next);
