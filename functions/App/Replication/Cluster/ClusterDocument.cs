using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Ring;

namespace Serverless.Replication;

/// <summary>
/// The stored, versioned membership of the cluster: what every instance places keys by. Kept on every node; the greatest epoch
/// that a majority can show is in force.
/// </summary>
/// <param name="Epoch">Grows by one with each change, from 1.</param>
/// <param name="Change">Random; tells two changes apart that were made of one epoch at once.</param>
/// <param name="Partitions">Fixed when the cluster was created.</param>
/// <param name="Copies">N; fixed when the cluster was created.</param>
/// <param name="Nodes">The members, ordered by id.</param>
/// <param name="Regions">Every region that ever had a member, in the order in which they came: a region's place is its number for ever. Null: those of the members, by name.</param>
/// <param name="Move">The change of membership that is under way, one at a time; null when none is.</param>
public sealed record ClusterDocument(
    int Epoch, ulong Change, int Partitions, int Copies, IReadOnlyList<ClusterMember> Nodes, IReadOnlyList<string>? Regions = null, ClusterMove? Move = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <inheritdoc cref="ClusterDocument(int, ulong, int, int, IReadOnlyList{ClusterMember}, IReadOnlyList{string}, ClusterMove)" path="/param[@name='Regions']"/>
    public IReadOnlyList<string> Regions { get; init; } =
        Regions ?? [.. (Nodes ?? []).Select(n => n.Region).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The same change of the same epoch.</summary>
    public bool IsSameAs(ClusterDocument other) => Epoch == other.Epoch && Change == other.Change;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Null when the bytes are no such document.</summary>
    public static ClusterDocument? FromJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<ClusterDocument>(bytes, Json) is { Nodes: not null } document ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The ring in force: while a move is joint the one before it, then the one after it.</summary>
    public HashRing ToRing() => RingOf(Move is { Phase: MovePhase.Dropping } move ? After(move) : Move is { } joint ? Before(joint) : Nodes);

    /// <summary>The ring that a joint move leads to, whose quorums are needed as well; null when no move is joint.</summary>
    public HashRing? ToNextRing() => Move is { Phase: MovePhase.Joint } move ? RingOf(After(move)) : null;

    /// <summary>The ring before a move whose data is being dropped there; null when none is.</summary>
    public HashRing? ToFormerRing() => Move is { Phase: MovePhase.Dropping } move ? RingOf(Before(move)) : null;

    /// <summary>The next epoch, in which members that lost state are new, empty incarnations that do not vote until they are refilled.</summary>
    /// <param name="ids">Which.</param>
    /// <param name="random">64 random bits.</param>
    /// <param name="since">The time now: nobody copies into them before all who knew the lost ones have forgotten them.</param>
    public ClusterDocument Reincarnate(IReadOnlySet<string> ids, Func<ulong> random, DateTimeOffset since = default) => Next(random(), ids, member =>
    {
        var incarnation = random();
        return member with { Incarnation = incarnation, Table = ClusterMember.TableOf(incarnation), State = MemberState.Refilling, Since = since };
    });

    /// <summary>
    /// The next epoch, in which members that went back to an older state keep it and go on voting. Only for when too few others are
    /// left to refill them from: what only they had acknowledged since is lost. Their new incarnation keeps dots from being issued twice.
    /// </summary>
    public ClusterDocument AcceptRollback(IReadOnlySet<string> ids, Func<ulong> random) =>
        Next(random(), ids, member => member with { Incarnation = random() });

    /// <summary>The next epoch, in which refilled members vote again.</summary>
    public ClusterDocument Promote(IReadOnlySet<string> ids, Func<ulong> random) =>
        Next(random(), ids, member => member with { State = MemberState.Member });

    /// <summary>
    /// Whether every acknowledged write is still on a voting owner when the named members are lost: fewer than W owners of each partition are. While a move is joint, the
    /// owners before it are asked: all that was ever acknowledged is on W of them, and the owners after it may not have it yet.
    /// </summary>
    public bool CanLose(IReadOnlySet<string> ids, int writeQuorum)
    {
        var gone = Nodes.Where(n => ids.Contains(n.Id) || n.State != MemberState.Member).Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        var ring = ToRing();
        for (var partition = 0; partition < Partitions; partition++)
        {
            var lost = 0;
            foreach (var owner in ring.Owners(partition))
                lost += gone.Contains(owner.Id) ? 1 : 0;
            if (lost >= writeQuorum)
                return false;
        }

        return true;
    }

    private IEnumerable<ClusterMember> Before(ClusterMove move) => move.Kind == MoveKind.Join ? Nodes.Where(n => n.Id != move.Node) : Nodes;

    /// <summary>The members once a move is finished.</summary>
    internal IEnumerable<ClusterMember> After(ClusterMove move) => move.Kind == MoveKind.Leave
        ? Nodes.Where(n => n.Id != move.Node)
        : Nodes.Select(n => n.Id == move.Node ? n with { Weight = move.Weight } : n);

    private HashRing RingOf(IEnumerable<ClusterMember> nodes) =>
        HashRing.Create(nodes.Select(n => new RingNode(n.Id, n.Region, n.Weight)), Partitions, Copies, Epoch);

    private ClusterDocument Next(ulong change, IReadOnlySet<string> ids, Func<ClusterMember, ClusterMember> member) =>
        this with { Epoch = Epoch + 1, Change = change, Nodes = [.. Nodes.Select(n => ids.Contains(n.Id) ? member(n) : n)] };
}

/// <param name="Incarnation">Random; part of every dot the node issues, and new whenever it lost state.</param>
/// <param name="Table">Where its rows are. Created before the document that names it is published, never on the write path, so that state which was lost is never mistaken for state that never was.</param>
/// <param name="Since">When <see cref="State"/> last changed, by the clock of whoever changed it.</param>
/// <param name="Endpoint">Its table endpoint when it joined a running cluster; null when configuration names it.</param>
public sealed record ClusterMember(
    string Id, string Region, int Weight, ulong Incarnation, string Table, MemberState State, DateTimeOffset Since = default, Uri? Endpoint = null)
{
    /// <summary>The table of a fresh incarnation.</summary>
    public static string TableOf(ulong incarnation) => "rows" + incarnation.ToString("x16", CultureInfo.InvariantCulture);
}

public enum MemberState
{
    /// <summary>Holds what it acknowledged.</summary>
    Member,

    /// <summary>Lost state: takes writes, but neither coordinates nor counts toward R until it has been refilled.</summary>
    Refilling,
}
