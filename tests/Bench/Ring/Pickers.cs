using Serverless.Ring;

namespace Serverless.Bench.Ring;

/// <summary>One way to choose a node for a key's hash. Returns an index into the ids it was built from.</summary>
internal interface IPicker
{
    int Pick(ulong hash);
}

/// <summary>hash mod N: what consistent hashing is measured against.</summary>
internal sealed class HashModN(string[] ids) : IPicker
{
    public int Pick(ulong hash) => (int)(hash % (ulong)ids.Length);
}

/// <summary>Highest random weight: the node whose hash together with the key's is highest (Thaler &amp; Ravishankar 1998). O(n).</summary>
internal sealed class Rendezvous(string[] ids) : IPicker
{
    private readonly ulong[] _seeds = [.. ids.Select(KeyHash.Of)];

    public int Pick(ulong hash)
    {
        var best = 0;
        var highest = 0UL;
        for (var i = 0; i < _seeds.Length; i++)
        {
            var score = Mix.Of(_seeds[i] ^ hash);
            if (score > highest)
                (best, highest) = (i, score);
        }

        return best;
    }
}

/// <summary>Jump consistent hash (Lamping &amp; Veach 2014). O(log n), no memory; only the last node can leave without renumbering.</summary>
internal sealed class JumpHash(string[] ids) : IPicker
{
    public int Pick(ulong hash)
    {
        long bucket = -1, next = 0;
        while (next < ids.Length)
        {
            bucket = next;
            hash = hash * 2862933555777941757 + 1;
            next = (long)((bucket + 1) * ((double)(1L << 31) / ((hash >> 33) + 1)));
        }

        return (int)bucket;
    }
}

/// <summary>
/// The plain ring: each node hashed to a number of points, a key goes to the next point clockwise (Karger et al. 1997). O(log points).
/// </summary>
internal sealed class PlainRing : IPicker
{
    private readonly ulong[] _points;
    private readonly int[] _nodes;

    public PlainRing(string[] ids, int pointsEach)
    {
        _nodes = [.. Enumerable.Range(0, ids.Length * pointsEach).Select(i => i / pointsEach)];
        _points = [.. _nodes.Select((node, i) => KeyHash.Of($"{ids[node]}#{i % pointsEach}"))];
        Array.Sort(_points, _nodes);
    }

    public int Pick(ulong hash)
    {
        var at = Array.BinarySearch(_points, hash);
        at = at < 0 ? ~at : at;
        return _nodes[at == _points.Length ? 0 : at];
    }
}

/// <summary>This room's ring: the first owner of the key's partition. O(1).</summary>
internal sealed class OurRing : IPicker
{
    private readonly int[] _first;

    public OurRing(string[] ids, int partitions)
    {
        var ring = HashRing.Create(ids.Select(id => new RingNode(id, "one")), partitions);
        _first = [.. Enumerable.Range(0, partitions).Select(p => Array.IndexOf(ids, ring.Owners(p)[0].Id))];
    }

    public int Pick(ulong hash) => _first[KeyHash.PartitionOf(hash, _first.Length)];
}

internal static class Mix
{
    // The finaliser of SplitMix64 (Steele, Lea & Flood 2014)
    public static ulong Of(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
