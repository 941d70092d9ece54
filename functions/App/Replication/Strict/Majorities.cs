namespace Serverless.Replication;

/// <summary>
/// Tells when enough acceptors took part: more than half of the owners, and of both sets of owners while the key moves. One that lost its state does not count until it was refilled.
/// </summary>
internal sealed class Majorities(IReadOnlyList<IReadOnlyList<Node>> quorums)
{
    /// <summary>Of the first set of owners, for people.</summary>
    public int Needed => quorums[0].Count / 2 + 1;

    public bool Hold(IEnumerable<RowLane> lanes)
    {
        var nodes = lanes.Select(lane => lane.Node).Where(node => node.Votes).ToHashSet();
        return quorums.All(owners => owners.Count(nodes.Contains) > owners.Count / 2);
    }

    /// <summary>Waits for one step per lane, until enough lanes came through or all steps have ended; those that came through, in the order in which they did.</summary>
    /// <param name="steps">What is awaited.</param>
    /// <param name="enough">When to stop.</param>
    public static async Task<IReadOnlyList<RowLane>> GatherAsync(
        IEnumerable<(RowLane Lane, Task<bool> Step)> steps, Func<IReadOnlyList<RowLane>, bool> enough)
    {
        var pending = steps.ToList();
        var through = new List<RowLane>();
        while (pending.Count > 0 && !enough(through))
        {
            await Task.WhenAny(pending.Select(step => step.Step));
            foreach (var ended in pending.Where(step => step.Step.IsCompleted).ToList())
            {
                pending.Remove(ended);
                if (await ended.Step)
                    through.Add(ended.Lane);
            }
        }

        return through;
    }
}
