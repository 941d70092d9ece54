using Serverless.Ids;

namespace Serverless.Tests.Simulation;

/// <summary>Every id that was issued in one life, and the laws that it broke.</summary>
internal sealed class IdsHistory
{
    private readonly HashSet<(string Sequence, long Id)> _issued = [];

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
