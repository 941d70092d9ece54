namespace Serverless.Chat;

/// <summary>
/// Group commit: orders for one register that arrive while a change of it is on its way wait, and go into the next change together. Under load a register takes as many orders as there are, at the pace of
/// one change after the other; without load nothing waits. Thread-safe.
/// </summary>
/// <param name="commit">Carries out one group, in order, and answers as many outcomes. It may hand orders back by answering null in their place: they go into the next group, first.</param>
internal sealed class GroupCommit<TOrder, TOutcome>(Func<string, IReadOnlyList<TOrder>, Task<IReadOnlyList<TOutcome?>>> commit)
    where TOutcome : class
{
    /// <summary>Orders of one group: 32.</summary>
    public const int MostTogether = 32;

    private readonly Dictionary<string, Queue<Waiting>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Carries out one order; what the commit throws is thrown here.</summary>
    public Task<TOutcome> RunAsync(string register, TOrder order)
    {
        var waiting = new Waiting(order);
        lock (_waiting)
        {
            if (_waiting.TryGetValue(register, out var queue))
            {
                queue.Enqueue(waiting);
                return waiting.Outcome.Task;
            }

            _waiting.Add(register, new Queue<Waiting>([waiting]));
        }

        _ = DrainAsync(register);
        return waiting.Outcome.Task;
    }

    private async Task DrainAsync(string register)
    {
        List<Waiting> again = [];
        while (Take(register, again) is { Count: > 0 } group)
        {
            again = [];
            try
            {
                var outcomes = await commit(register, [.. group.Select(one => one.Order)]);
                foreach (var (one, outcome) in group.Zip(outcomes))
                {
                    if (outcome is null)
                        again.Add(one);
                    else
                        one.Outcome.SetResult(outcome);
                }
            }
            catch (Exception failure)
            {
                group.ForEach(one => one.Outcome.TrySetException(failure));
            }
        }
    }

    private List<Waiting> Take(string register, List<Waiting> again)
    {
        lock (_waiting)
        {
            var queue = _waiting[register];
            while (again.Count < MostTogether && queue.TryDequeue(out var next))
                again.Add(next);
            if (again.Count == 0)
                _waiting.Remove(register);
            return again;
        }
    }

    // Whoever waits goes on as part of the drain, up to where it waits again: the order of things is that of the orders.
    private sealed record Waiting(TOrder Order)
    {
        public TaskCompletionSource<TOutcome> Outcome { get; } = new();
    }
}
