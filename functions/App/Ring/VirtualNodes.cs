namespace Serverless.Ring;

/// <summary>
/// The virtual nodes of one node (Karger et al. 1997): the circle is cut into as many equal arcs as there are partitions,
/// and a node has one virtual node in each. What counts is its distance from the arc's start, where the partition's walk begins.
/// <para>
/// Distances are drawn as the walk along a circle with endlessly many random virtual nodes would meet them: exponential, at a
/// rate that is the node's weight, so the nearest is this node's with probability weight / total weight (Efraimidis &amp;
/// Spirakis 2006). But they are not independent: a node takes each stratum of the distribution once, in an order shuffled by its id
/// (Latin hypercube, McKay et al. 1979). So no node is nearer than another on the whole; that luck is most of what unbalances a plain ring.
/// </para>
/// Integers only: every platform computes the same ring.
/// </summary>
internal sealed class VirtualNodes
{
    // Distance that a weight of MaxWeight covers on average; 2^32 leaves room for ×1000 and an 8-bit tie-break in 64 bits.
    private const ulong Unit = 1UL << 32;

    private readonly ulong _seed;
    private readonly ulong _weight;
    private readonly Strata _strata;
    private readonly ushort[] _order;

    public VirtualNodes(RingNode node, Strata strata)
    {
        _seed = KeyHash.Of(node.Id);
        _weight = (ulong)node.Weight;
        _strata = strata;
        _order = new ushort[strata.Count];
        for (var i = 0; i < _order.Length; i++)
        {
            // Fisher-Yates, inside out
            var j = KeyHash.PartitionOf(Draw(i), i + 1);
            _order[i] = _order[j];
            _order[j] = (ushort)i;
        }
    }

    /// <summary>Distance from the start of the partition's arc to this node's virtual node in it: under 2^46.</summary>
    public ulong Distance(int partition)
    {
        // The low 32 bits of the draw, of which the shuffle used the high ones, choose the place within the stratum.
        var distance = _strata.At(_order[partition], (uint)Draw(partition));
        return distance * RingNode.MaxWeight / _weight;
    }

    // SplitMix64 (Steele, Lea & Flood 2014), by number
    private ulong Draw(int number)
    {
        var z = _seed + ((ulong)number + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>
    /// The exponential distribution cut into equally likely strata. The k-th smallest of n exponential draws lies, on
    /// average, at 1/n + 1/(n-1) + … + 1/(n-k+1): a sum of integers' inverses instead of a logarithm.
    /// </summary>
    internal sealed class Strata
    {
        private readonly ulong[] _start;

        public Strata(int count)
        {
            _start = new ulong[count + 1];
            for (var k = 0; k < count; k++)
                _start[k + 1] = _start[k] + Unit / (ulong)(count - k);
        }

        public int Count => _start.Length - 1;

        /// <summary>The point <paramref name="within"/> / 2^32 of the way through a stratum.</summary>
        public ulong At(int stratum, uint within) =>
            _start[stratum] + ((_start[stratum + 1] - _start[stratum]) * within >> 32);
    }
}
