using Serverless.Ids;

namespace Serverless.Tests.Simulation;

/// <summary>Every id that was issued in one life, and the laws that it broke.</summary>
internal sealed class IdsHistory
{
    private readonly HashSet<(string Sequence, long Id)> _issued = [];
    private readonly Dictionary<string, (string Worker, Snowflake First, Snowflake Last)> _leases = [];

    public List<string> Broken { get; } = [];

    public int Issued => _issued.Count;

    /// <summary>Requests that were refused.</summary>
    public int Refused { get; set; }

    /// <summary>What one instance answered to one request for snowflakes.</summary>
    /// <param name="ids">In order.</param>
    /// <param name="instance">Who.</param>
    /// <param name="before">The greatest that it had answered when the request began.</param>
    public void Snowflakes(ReadOnlySpan<Snowflake> ids, string instance, Snowflake before)
    {
        foreach (var id in ids)
        {
            if (!_issued.Add(("snowflake", id.Value)))
                Broken.Add($"snowflake {id} was issued twice, again by {instance}");
            if (id <= before)
                Broken.Add($"{instance} issued {id} after {before}");
            before = id;
        }
    }

    /// <summary>Ids that were all issued by one lease of one worker id.</summary>
    public void Leased(ReadOnlySpan<Snowflake> ids, string owner, string worker)
    {
        var (first, last) = (ids[0], ids[^1]);
        _leases[owner] = _leases.TryGetValue(owner, out var known)
            ? (worker, first < known.First ? first : known.First, last > known.Last ? last : known.Last)
            : (worker, first, last);
    }

    /// <summary>Whatever one lease issued lies below or above all that another one of the same worker id issued: far more often seen than the same id twice.</summary>
    public void CheckLeases()
    {
        foreach (var worker in _leases.Values.GroupBy(lease => lease.Worker))
        {
            var inOrder = worker.OrderBy(lease => lease.First.Value).ToList();
            foreach (var (one, next) in inOrder.Zip(inOrder.Skip(1)))
            {
                if (next.First <= one.Last)
                    Broken.Add($"two leases of {worker.Key} issued snowflakes side by side: {one.First} to {one.Last}, {next.First} to {next.Last}");
            }
        }
    }

    /// <summary>What was answered to one request for numbers of a sequence.</summary>
    public void Numbers(string sequence, ReadOnlySpan<long> numbers, Func<long, bool> isOfAllocator)
    {
        foreach (var number in numbers)
        {
            if (!_issued.Add((sequence, number)))
                Broken.Add($"{sequence} {number} was issued twice");
            if (!isOfAllocator(number))
                Broken.Add($"{sequence} {number} belongs to another allocator");
        }
    }
}
