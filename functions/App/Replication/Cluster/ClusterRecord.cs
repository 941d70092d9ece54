using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Replication;

/// <summary>One node's copy of the document: the row of an acceptor.</summary>
/// <param name="Promised">It takes part in no ballot below this.</param>
/// <param name="Accepted">The ballot of <paramref name="Document"/>.</param>
/// <param name="Document">What was accepted last; there is no copy without one, so a node that forgot what it promised has no copy.</param>
/// <param name="Before">The changes that made the documents before it, the latest first, at most <see cref="MostBefore"/>: whether a change whose answer was lost was made can be read from them.</param>
internal sealed record ClusterRecord(Ballot Promised, Ballot Accepted, ClusterDocument Document, ImmutableArray<ulong> Before)
{
    /// <summary>Changes remembered: 16.</summary>
    public const int MostBefore = 16;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>A document that was made without a ballot: the first of a cluster, and those of versions before ballots, of which the greater epoch was the later.</summary>
    public static ClusterRecord Founding(ClusterDocument document)
    {
        var ballot = new Ballot((ulong)document.Epoch, document.Change);
        return new ClusterRecord(ballot, ballot, document, []);
    }

    /// <summary>Whether this is that document, or came of it.</summary>
    public bool Includes(ClusterDocument document) => Document.IsSameAs(document) || Before.Contains(document.Change);

    /// <summary>What takes its place under a ballot.</summary>
    public ClusterRecord With(Ballot ballot, ClusterDocument document) => new(
        ballot, ballot, document, document.IsSameAs(Document) ? Before : [Document.Change, .. Before.Take(MostBefore - 1)]);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Null when the bytes are neither a copy nor a plain document.</summary>
    public static ClusterRecord? FromJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<ClusterRecord>(bytes, Json) is { Document.Nodes: not null, Before.IsDefault: false } copy
                ? copy
                : ClusterDocument.FromJson(bytes) is { } plain ? Founding(plain) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
