using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;

namespace Serverless.Replication;

/// <summary>
/// All that a replica knows of one key: the concurrent versions, and the causal context that covers every write known,
/// kept or overwritten. A dotted version vector set (Preguiça, Baquero et al. 2012; Almeida et al. 2014). Immutable.
/// Merging is commutative and idempotent and only ever adds knowledge, so replicas that exchange states converge.
/// </summary>
public sealed class VersionSet
{
    public static readonly VersionSet Empty = new(CausalContext.Empty, []);

    internal VersionSet(CausalContext context, ImmutableArray<Version> versions)
    {
        Context = context;
        Versions = versions;
    }

    /// <summary>Covers the dot of every version here and of every version these overwrote, and no other.</summary>
    public CausalContext Context { get; }

    /// <summary>The versions no known write overwrote; sorted by dot. More than one means concurrent writes.</summary>
    public ImmutableArray<Version> Versions { get; }

    /// <summary>Nothing was ever written, as far as this replica knows.</summary>
    public bool IsEmpty => Context.IsEmpty;

    /// <summary>
    /// The set after a write that had seen <paramref name="seen"/>: exactly what it had seen is overwritten, everything else
    /// stays beside it. The version's dot must be new.
    /// </summary>
    public VersionSet Write(Version version, CausalContext seen) => new(
        Context.Join(seen).With(version.Dot),
        Sorted(Versions.Where(v => !seen.Covers(v.Dot)).Append(version)));

    public VersionSet Merge(VersionSet other)
    {
        if (ReferenceEquals(this, other) || other.IsEmpty)
            return this;
        if (IsEmpty)
            return other;

        var kept = Versions.Where(v => !other.Context.Covers(v.Dot) || other.Find(v.Dot) is not null)
            .Select(v => v.IsUnfetched ? other.Find(v.Dot) ?? v : v)
            .Concat(other.Versions.Where(v => !Context.Covers(v.Dot)));
        return new(Context.Join(other.Context), Sorted(OnePerNonce(kept)));
    }

    public Version? Find(Dot dot)
    {
        foreach (var version in Versions)
        {
            if (version.Dot == dot)
                return version;
        }

        return null;
    }

    public bool Contains(UInt128 nonce) => Versions.Any(v => v.Nonce == nonce);

    /// <summary>The same knowledge: equal contexts and equal dots, whether or not values have been fetched.</summary>
    public bool SameAs(VersionSet other) =>
        Context.Equals(other.Context) && Versions.Select(v => v.Dot).SequenceEqual(other.Versions.Select(v => v.Dot));

    /// <summary>A 128-bit hash of the knowledge: equal on all replicas that agree, whatever tier the values lie in.</summary>
    public UInt128 Fingerprint()
    {
        var hash = new XxHash128();
        Span<byte> buffer = stackalloc byte[24];
        foreach (var dot in Context.Vector)
            Append(dot, buffer);
        hash.Append("+"u8);
        foreach (var dot in Context.Beyond)
            Append(dot, buffer);
        hash.Append("|"u8);
        foreach (var version in Versions)
            Append(version.Dot, buffer);
        return hash.GetCurrentHashAsUInt128();

        void Append(Dot dot, Span<byte> into)
        {
            BinaryPrimitives.WriteUInt64BigEndian(into, dot.Actor.Incarnation);
            BinaryPrimitives.WriteUInt64BigEndian(into[8..], dot.Actor.Epoch);
            BinaryPrimitives.WriteUInt64BigEndian(into[16..], dot.Counter);
            hash.Append(into);
        }
    }

    // One write tried through two owners has two dots. The least one stays on every replica; the context covers both.
    private static IEnumerable<Version> OnePerNonce(IEnumerable<Version> versions) =>
        versions.GroupBy(v => v.Nonce).Select(same => same.MinBy(v => v.Dot)!);

    private static ImmutableArray<Version> Sorted(IEnumerable<Version> versions) => [.. versions.OrderBy(v => v.Dot)];
}
