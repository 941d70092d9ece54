using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// Tells where subjects are counted: on the first owner of their partition, in one incarnation. A home that is new to a cluster which has counted before cannot know what its
/// predecessor admitted, so it admits nothing until all of that is past; the homes with which the cluster began know that there was nothing.
/// </summary>
internal sealed class SubjectHomes(ClusterViews views, StorageClocks clocks)
{
    private const string Place = "limits";
    private const string Row = "0.opened.";

    // A home that lives on in another place may be used for so long by an instance whose view is old: a view's life, and one operation on it.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, long> _openings = new(StringComparer.Ordinal);

    /// <summary>Where a subject is counted, and since when; null when that cannot be told now.</summary>
    public async ValueTask<SubjectHome?> OfAsync(ReplicaKey subject, CancellationToken cancellationToken)
    {
        if (await views.CurrentAsync(cancellationToken) is not { } view)
            return null;

        if (_openings.IsEmpty && view.Epoch == 1)
            await Task.WhenAll(view.Nodes.Values.Select(node => OpenedAsync(view, new Home(node), cancellationToken)));
        var home = new Home(view.Owners(subject)[0]);
        return _openings.TryGetValue(Key(view, home), out var since) || await OpenedAsync(view, home, cancellationToken) is { } opened && Set(out since, opened)
            ? new SubjectHome(home.Node, PartitionOf(home, view.Partition(subject)), subject.Row, since)
            : null;
    }

    /// <summary>Asks the home itself again since when it counts: a home that went back in time has forgotten.</summary>
    public async Task<long?> ReopenedAsync(SubjectHome home, CancellationToken cancellationToken) =>
        await views.GetAsync(cancellationToken) is { } view && view.Nodes.GetValueOrDefault(home.Node.Id) is { } node && node.Incarnation == home.Node.Incarnation
            ? await OpenedAsync(view, new Home(node), cancellationToken)
            : null;

    /// <summary>The PartitionKey of the subjects of one of the ring's partitions, as <see cref="ClusterView.Partition"/> names it.</summary>
    public static string PartitionOf(Home home, string partition) => home.Partition($"{Place}.{partition}");

    private static bool Set(out long since, long value)
    {
        since = value;
        return true;
    }

    // The tick from which on the home knows all that was admitted; 0 when it has from the beginning.
    private async Task<long?> OpenedAsync(ClusterView view, Home home, CancellationToken cancellationToken)
    {
        var row = Row + Placement(view);
        var read = await home.ReadOrOpenAsync(home.Partition(Place), row, () => OpeningAsync(view, home, cancellationToken), cancellationToken);
        if (read is not RowRead.Found(var found) || RowJson.TryDecode<Opening>(found.Data) is not { } opening)
            return null;
        _openings[Key(view, home)] = opening.Since;
        return opening.Since;
    }

    private async Task<byte[]?> OpeningAsync(ClusterView view, Home home, CancellationToken cancellationToken)
    {
        if (view.Epoch == 1)
            return await views.ConfirmAsync(view, cancellationToken) ? RowJson.Encode(new Opening(0)) : null;
        if (await clocks.NowAsync(home.Node, cancellationToken) is not { } now)
            return null;

        // A table that is older than its incarnation went back in time, and with it whatever the old incarnation counted is still there to be counted on. So are the
        // homes before a move, until it is finished: that takes longer than any view of theirs lives.
        var member = view.Document.Nodes.First(n => n.Id == home.Node.Id);
        var overlap = member.Table == ClusterMember.TableOf(member.Incarnation) && view.Document.Move is null ? TimeSpan.Zero : Overlap;
        return RowJson.Encode(new Opening(now.Latest + overlap.Ticks));
    }

    private static string Key(ClusterView view, Home home) => $"{home.Id}/{Placement(view)}";

    // Names what decides which node is home to what, the ring in force: when it changes, homes change.
    private static string Placement(ClusterView view) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(
        string.Join(';', view.Ring.Nodes.Select(n => $"{n.Id},{n.Region},{n.Weight}")))).ToString("x16", CultureInfo.InvariantCulture);

    private sealed record Opening(long Since);
}

/// <param name="Node">Where.</param>
/// <param name="Partition">The PartitionKey.</param>
/// <param name="Row">The RowKey.</param>
/// <param name="Since">The tick from which on it knows all that was admitted.</param>
internal sealed record SubjectHome(Node Node, string Partition, string Row, long Since)
{
    /// <summary>Whether a limit may be counted here: all that was admitted elsewhere is past.</summary>
    public bool Knows(LimitRule rule, Moment now) => now.Earliest >= KnowsFrom(rule);

    /// <summary>The first tick at which it may.</summary>
    public long KnowsFrom(LimitRule rule) => Since == 0 ? 0 : Since + LimitAlgorithm.Of(rule.Algorithm).Memory(rule).Ticks;
}
