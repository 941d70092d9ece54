using System.Globalization;

namespace Serverless.Tests.EndToEnd;

/// <summary>
/// Judges a history of sets that were only added to, after the workload "set-full" of Jepsen. Every number attempted is one of: stable,
/// stale, lost (these were acknowledged), recovered, vanished, never read (these were not).
/// </summary>
/// <param name="Attempted">Numbers sent.</param>
/// <param name="Acknowledged">Of these, those whose writer was told so.</param>
/// <param name="Stable">Acknowledged, in the final read, and missed by no read that began after the acknowledgement.</param>
/// <param name="Stale">Acknowledged and in the final read, but a read that began after the acknowledgement missed it, though owners alone answered both.</param>
/// <param name="Sloppy">The same where a node that stands in for an owner answered one of them: a sloppy quorum promises no more. Counted as stable otherwise.</param>
/// <param name="Lost">Acknowledged, and not in the final read.</param>
/// <param name="Recovered">Not acknowledged, and in the final read all the same, as may be.</param>
/// <param name="Vanished">Not acknowledged, seen by a read, and not in the final one.</param>
/// <param name="NeverRead">Not acknowledged, and in no read at all.</param>
/// <param name="Unattempted">In some read, though nobody sent it.</param>
internal sealed record SetFull(
    int Attempted,
    int Acknowledged,
    int Stable,
    IReadOnlyList<SetAdd> Stale,
    int Sloppy,
    IReadOnlyList<SetAdd> Lost,
    int Recovered,
    IReadOnlyList<SetAdd> Vanished,
    int NeverRead,
    IReadOnlyList<int> Unattempted)
{
    /// <param name="adds">All that was attempted, each number once.</param>
    /// <param name="reads">What reads saw on the way.</param>
    /// <param name="final">What each set holds in the end; every set of <paramref name="adds"/> has an entry.</param>
    public static SetFull Of(
        IReadOnlyCollection<SetAdd> adds, IReadOnlyCollection<SetRead> reads, IReadOnlyDictionary<string, IReadOnlySet<int>> final)
    {
        var readsOf = reads.ToLookup(read => read.Key);
        bool IsThere(SetAdd add) => final[add.Key].Contains(add.Element);
        bool Missed(SetAdd add, SetRead read) => read.Begun > add.Acknowledged && !read.Seen.Contains(add.Element);
        bool WasMissed(SetAdd add) => add.ByOwners && readsOf[add.Key].Any(read => read.ByOwners && Missed(add, read));
        bool WasSeen(SetAdd add) => readsOf[add.Key].Any(read => read.Seen.Contains(add.Element));

        var (there, gone) = Split(adds.Where(add => add.Acknowledged is not null), IsThere);
        var (stale, stable) = Split(there, WasMissed);
        var (recovered, absent) = Split(adds.Where(add => add.Acknowledged is null), IsThere);
        var (vanished, never) = Split(absent, WasSeen);
        var attempted = adds.Select(add => (add.Key, add.Element)).ToHashSet();
        var shown = final.SelectMany(set => set.Value.Select(element => (set.Key, element)))
            .Concat(reads.SelectMany(read => read.Seen.Select(element => (read.Key, element))));
        return new(
            adds.Count, there.Count + gone.Count, stable.Count, stale, stable.Count(add => readsOf[add.Key].Any(read => Missed(add, read))), gone, recovered.Count, vanished, never.Count,
            [.. shown.Where(one => !attempted.Contains(one)).Select(one => one.element).Distinct()]);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Attempted} attempted, {Acknowledged} acknowledged: {Stable} stable ({Sloppy} of them missed by a sloppy quorum), {Stale.Count} stale, {Lost.Count} lost; " +
        $"not acknowledged: {Recovered} there, {Vanished.Count} vanished, {NeverRead} never read");

    private static (List<SetAdd> Yes, List<SetAdd> No) Split(IEnumerable<SetAdd> adds, Func<SetAdd, bool> isSo)
    {
        var sides = adds.ToLookup(isSo);
        return ([.. sides[true]], [.. sides[false]]);
    }
}
