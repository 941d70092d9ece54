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
/// <param name="Partitions">Fixed when the cluster was created.</param>
/// <param name="Copies">N; fixed when the cluster was created.</param>
/// <param name="Nodes">The members, ordered by id.</param>
public sealed record ClusterDocument(int Epoch, int Partitions, int Copies, IReadOnlyList<ClusterMember> Nodes)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Null when the bytes are no such document.</summary>
    public static ClusterDocument? FromJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<ClusterDocument>(bytes, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public HashRing ToRing() => HashRing.Create(Nodes.Select(n => new RingNode(n.Id, n.Region, n.Weight)), Partitions, Copies, Epoch);

    /// <summary>The next epoch, in which the named members are new, empty incarnations that do not vote until they are refilled.</summary>
    public ClusterDocument Reincarnate(IReadOnlySet<string> ids, Func<ulong> newIncarnation) => this with
    {
        Epoch = Epoch + 1,
        Nodes = [.. Nodes.Select(n => ids.Contains(n.Id) ? n with { Incarnation = newIncarnation(), State = MemberState.Refilling } : n)],
    };
}

/// <param name="Incarnation">Random; names the node's tables, so that state which was lost is never mistaken for state that never was.</param>
public sealed record ClusterMember(string Id, string Region, int Weight, ulong Incarnation, MemberState State)
{
    /// <summary>The table of this incarnation. Created before the document that names it is published, never on the write path.</summary>
    [JsonIgnore]
    public string Table => "rows" + Incarnation.ToString("x16", CultureInfo.InvariantCulture);
}

public enum MemberState
{
    /// <summary>Holds what it acknowledged.</summary>
    Member,

    /// <summary>Lost state: takes writes, but neither coordinates nor counts toward R until it has been refilled.</summary>
    Refilling,
}
