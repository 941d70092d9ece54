using System.Text.Json;

namespace Serverless.Replication;

/// <summary>
/// What one stamp holds of one node: the row that stamps gossip. Immutable; times in whole milliseconds. The numbers are those of
/// the instance that saw the outcome of a call last; the verdict is the stamp's (<see cref="StampVerdict"/>).
/// </summary>
/// <param name="Stamp">The region of the instances that say so.</param>
/// <param name="Node">The id of the node.</param>
/// <param name="Incarnation">Of the node; the verdict on one incarnation says nothing of the next.</param>
/// <param name="Up">The verdict.</param>
/// <param name="Since">When the verdict began; changes only with it.</param>
/// <param name="SeenAt">When an instance of the stamp last saw the outcome of a call.</param>
/// <param name="AnsweredAt">When an instance of the stamp last had an answer of the node, in whatever incarnation; null when none had.</param>
/// <param name="ErrorRate">Share of the last 128 calls that failed: 0 to 1, four digits.</param>
/// <param name="P50Milliseconds">Median latency, two digits; 0 before enough was measured. The same for the others.</param>
/// <param name="Calls">Calls that the instance has recorded.</param>
/// <param name="Version">Grows with every change: the greater of the version before plus one and the time in Unix milliseconds, so that it grows too where no version before is known.</param>
public sealed record HealthDigest(
    string Stamp, string Node, ulong Incarnation, bool Up, DateTimeOffset Since, DateTimeOffset SeenAt, DateTimeOffset? AnsweredAt,
    double ErrorRate, double P50Milliseconds, double P95Milliseconds, double P99Milliseconds, long Calls, long Version)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The version of a change made at <paramref name="now"/>.</summary>
    /// <param name="before">The version it replaces; 0 when there is none.</param>
    public static long NextVersion(long before, DateTimeOffset now) => Math.Max(before + 1, now.ToUnixTimeMilliseconds());

    /// <summary>
    /// Of two digests of one stamp and node the one with the greater version, with the later answer of both: instances that wrote
    /// to different nodes know of answers that the other did not. Of equal versions the one whose bytes are greater, so that everyone
    /// picks the same.
    /// </summary>
    public static HealthDigest Merge(HealthDigest one, HealthDigest other)
    {
        var answeredAt = Later(one.AnsweredAt, other.AnsweredAt);
        (one, other) = (one with { AnsweredAt = answeredAt }, other with { AnsweredAt = answeredAt });
        return one.Version != other.Version ? (one.Version > other.Version ? one : other)
            : one == other || one.ToJson().AsSpan().SequenceCompareTo(other.ToJson()) >= 0 ? one
            : other;
    }

    /// <summary>The later of two times that may be unknown.</summary>
    internal static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Null when the bytes are no such digest.</summary>
    public static HealthDigest? FromJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<HealthDigest>(bytes, Json) is { Stamp.Length: > 0, Node.Length: > 0 } digest ? digest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
