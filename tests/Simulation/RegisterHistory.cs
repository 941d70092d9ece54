namespace Serverless.Tests.Simulation;

/// <summary>
/// What clients did to strict registers, in the order in which they began and ended, and whether one order of single steps explains it: linearizability, by the search of Wing and Gong
/// (1993) with the states already visited remembered (Lowe 2017).
/// </summary>
internal sealed class RegisterHistory
{
    /// <summary>What a register that was never written holds, and one that was deleted.</summary>
    public const int Nothing = 0;

    // One bit each in the search.
    private const int MostSteps = 64;

    private readonly Dictionary<string, List<Step>> _steps = [];
    private int _now;
    private int _values;

    /// <summary>Steps recorded so far.</summary>
    public int Count => _steps.Values.Sum(steps => steps.Count);

    /// <summary>A value that nobody else writes.</summary>
    public int NewValue() => ++_values;

    public Step Begin(string register)
    {
        if (!_steps.TryGetValue(register, out var steps))
            _steps[register] = steps = [];
        var step = new Step(++_now);
        steps.Add(step);
        return step;
    }

    /// <summary>It took effect between its beginning and now: it met one of these values and left another, or the same when it only looked.</summary>
    public void End(Step step, int met, int left) => (step.Ended, step.Met, step.Left) = (++_now, [met], left);

    /// <summary>Whether it took effect, or will, nobody knows; if it does, it meets one of these values.</summary>
    public static void Unknown(Step step, IEnumerable<int> met, int left) => (step.Ended, step.Met, step.Left) = (int.MaxValue, [.. met], left);

    /// <summary>It did nothing and saw nothing.</summary>
    public static void Forget(Step step) => (step.Ended, step.Met) = (int.MaxValue, []);

    /// <summary>The registers that no order explains.</summary>
    public IEnumerable<string> Broken() => _steps
        .Where(s => !IsLinearizable([.. s.Value.Where(step => step.Met.Count > 0)]))
        .Select(s => $"register {s.Key} is not linearizable: {string.Join("; ", s.Value.Where(step => step.Met.Count > 0))}");

    private static bool IsLinearizable(Step[] steps)
    {
        Assert.True(steps.Length <= MostSteps, "So many steps on one register are more than the search can hold.");
        var visited = new HashSet<(ulong Done, int Value)>();
        var open = new Stack<(ulong Done, int Value)>([(0, Nothing)]);
        var certain = steps.Select((step, i) => step.Ended < int.MaxValue ? 1UL << i : 0).Aggregate(0UL, (all, bit) => all | bit);
        while (open.TryPop(out var at))
        {
            if ((at.Done & certain) == certain)
                return true;
            if (!visited.Add(at))
                continue;

            // Whatever did not begin before all that is left has ended cannot be next.
            var first = steps.Where((_, i) => (at.Done & (1UL << i)) == 0).Min(step => step.Ended);
            for (var i = 0; i < steps.Length; i++)
            {
                if ((at.Done & (1UL << i)) == 0 && steps[i].Began < first && steps[i].Met.Contains(at.Value))
                    open.Push((at.Done | (1UL << i), steps[i].Left));
            }
        }

        return false;
    }

    internal sealed class Step(int began)
    {
        public int Began => began;

        public int Ended { get; set; } = int.MaxValue;

        public IReadOnlyList<int> Met { get; set; } = [];

        public int Left { get; set; }

        public override string ToString() => $"{Began}-{(Ended == int.MaxValue ? "?" : Ended)} {string.Join('|', Met)}>{Left}";
    }
}
