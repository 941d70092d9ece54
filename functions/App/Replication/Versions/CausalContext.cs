using System.Collections.Immutable;

namespace Serverless.Replication;

/// <summary>
/// Which writes of a key are known: a version vector (for each actor, all its writes up to a counter) and the dots beyond it,
/// because a client knows its own last write without knowing those issued just before (Preguiça, Baquero et al. 2012,
/// "Dotted version vectors"). Immutable and normal: dots that follow the vector without a gap are part of it, so equal knowledge
/// has one form.
/// </summary>
public sealed class CausalContext : IEquatable<CausalContext>
{
    public static readonly CausalContext Empty = new([], []);

    private CausalContext(ImmutableArray<Dot> vector, ImmutableArray<Dot> beyond) => (Vector, Beyond) = (vector, beyond);

    /// <summary>One dot per actor: the last of its writes up to which all are known. Sorted.</summary>
    public ImmutableArray<Dot> Vector { get; }

    /// <summary>Known writes after a gap. Sorted; almost always empty.</summary>
    public ImmutableArray<Dot> Beyond { get; }

    public bool IsEmpty => Vector.IsEmpty && Beyond.IsEmpty;

    /// <param name="vector">For each dot, all writes of its actor up to its counter are known. Any order; of several for one actor the greatest counts.</param>
    /// <param name="beyond">Single known writes, in any order.</param>
    public static CausalContext Of(IEnumerable<Dot> vector, IEnumerable<Dot> beyond)
    {
        var greatest = new SortedDictionary<Actor, ulong>();
        foreach (var dot in vector)
            greatest[dot.Actor] = Math.Max(dot.Counter, greatest.GetValueOrDefault(dot.Actor));

        var rest = ImmutableArray.CreateBuilder<Dot>();
        foreach (var dot in beyond.Order())
        {
            var known = greatest.GetValueOrDefault(dot.Actor);
            if (dot.Counter == known + 1)
                greatest[dot.Actor] = dot.Counter;
            else if (dot.Counter > known && (rest.Count == 0 || rest[^1] != dot))
                rest.Add(dot);
        }

        return new([.. greatest.Select(e => new Dot(e.Key, e.Value))], rest.ToImmutable());
    }

    public bool Covers(Dot dot)
    {
        foreach (var entry in Vector)
        {
            if (entry.Actor == dot.Actor && entry.Counter >= dot.Counter)
                return true;
        }

        return !Beyond.IsEmpty && Beyond.BinarySearch(dot) >= 0;
    }

    /// <summary>Whether everything that <paramref name="other"/> knows is known here.</summary>
    public bool Includes(CausalContext other) => ReferenceEquals(this, other) || Join(other).Equals(this);

    /// <summary>The greatest known counter of <paramref name="actor"/>; 0 when none is.</summary>
    public ulong Last(Actor actor)
    {
        var last = 0UL;
        foreach (var dot in Vector)
            last = dot.Actor == actor ? dot.Counter : last;
        foreach (var dot in Beyond)
            last = dot.Actor == actor ? Math.Max(last, dot.Counter) : last;
        return last;
    }

    public CausalContext With(Dot dot) => Covers(dot) ? this : Of(Vector, Beyond.Append(dot));

    /// <summary>What either knows.</summary>
    public CausalContext Join(CausalContext other)
    {
        if (other.IsEmpty || ReferenceEquals(this, other))
            return this;
        return IsEmpty ? other : Of(Vector.Concat(other.Vector), Beyond.Concat(other.Beyond));
    }

    public bool Equals(CausalContext? other) =>
        other is not null && Vector.AsSpan().SequenceEqual(other.Vector.AsSpan()) && Beyond.AsSpan().SequenceEqual(other.Beyond.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as CausalContext);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dot in Vector)
            hash.Add(dot);
        foreach (var dot in Beyond)
            hash.Add(dot);
        return hash.ToHashCode();
    }
}
