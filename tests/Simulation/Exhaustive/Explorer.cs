namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>
/// Stateless model checking (Godefroid 1997) of the real code: lives a scenario again and again from its start, each time with other
/// choices of what happens next, until every interleaving of its steps has been lived, or one that is equivalent to it.
/// </summary>
/// <remarks>
/// A step is a call carried out and answered at one moment. Answers that a coordinator hears are in conflict with each other: it may
/// do other things when they come in another order. Steps of different coordinators conflict only in the rows, the tables and the
/// membership that they touch. What a timer does is explored only when nothing else can happen (<see cref="SteppedContext"/>).
/// </remarks>
internal sealed class Explorer
{
    private const int LongestSchedule = 2_000;

    private readonly Func<SteppedContext, Scenario> _create;
    private readonly List<ChoicePoint> _schedule = [];
    private int _schedules;
    private int _cutShort;
    private int _choices;
    private int _longest;

    private Explorer(Func<SteppedContext, Scenario> create) => _create = create;

    /// <param name="create">Builds the scenario; called once for each schedule.</param>
    /// <param name="mostSchedules">Ends the exploration before it is complete.</param>
    public static Exploration Explore(Func<SteppedContext, Scenario> create, int mostSchedules = int.MaxValue)
    {
        var before = SynchronizationContext.Current;
        try
        {
            return new Explorer(create).Explore(mostSchedules);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private Exploration Explore(int mostSchedules)
    {
        do
        {
            if (Live() is { Count: > 0 } broken)
                return Result(isComplete: false, broken);
            if (_schedules + _cutShort >= mostSchedules)
                return Result(isComplete: false, []);
        }
        while (Back());
        return Result(isComplete: true, []);
    }

    private Exploration Result(bool isComplete, IReadOnlyList<string> broken) => new(_schedules, _cutShort, _choices, _longest, isComplete, broken);

    private List<string> Live()
    {
        var context = new SteppedContext();
        SynchronizationContext.SetSynchronizationContext(context);
        var scenario = _create(context);
        context.RunFreely(scenario.PrepareAsync);
        scenario.Start();
        context.Settle();

        // The last choice that was made before is a new one; so is everything after it.
        var from = Math.Max(_schedule.Count - 1, 0);
        var labels = new List<string>();
        var offeredBy = context.Pending.ToDictionary(step => step.Id, _ => -1);
        List<string> broken = [];
        for (var at = 0; context.Pending.Count > 0 && broken.Count == 0; at++)
        {
            if (at >= LongestSchedule)
                throw new InvalidOperationException("The schedule does not end.");
            if (!Arrive(context, at))
            {
                Races.Consider(_schedule, from, at);
                _schedule.RemoveAt(at);
                _cutShort++;
                return [];
            }

            var place = _schedule[at];
            var step = context.Pending.First(step => step.Id == place.Chosen);
            labels.Add(step.ToString());
            place.OfferedBy = offeredBy[step.Id];
            place.Happened(context.Happen(step));
            foreach (var offered in context.Pending)
                offeredBy.TryAdd(offered.Id, at);
            broken.AddRange(scenario.BrokenNow());
        }

        Races.Consider(_schedule, from, _schedule.Count);
        _schedules++;
        _longest = Math.Max(_longest, _schedule.Count);
        if (broken.Count == 0)
            broken = [.. context.Unended(), .. scenario.BrokenInTheEnd()];
        return broken.Count == 0 ? broken : [.. broken, .. labels];
    }

    // False when there is nothing new to be found from here.
    private bool Arrive(SteppedContext context, int at)
    {
        if (at < _schedule.Count)
        {
            if (!_schedule[at].Offers(context.Pending))
                throw new InvalidOperationException($"The same choices led elsewhere at step {at}: something else decides too.");
            return true;
        }

        var place = new ChoicePoint(context.Pending, at == 0 ? null : _schedule[at - 1]);
        _schedule.Add(place);
        _choices += place.IsChoice ? 1 : 0;
        return !place.AllAsleep;
    }

    private bool Back()
    {
        while (_schedule.Count > 0)
        {
            if (_schedule[^1].ChooseNext())
                return true;
            _schedule.RemoveAt(_schedule.Count - 1);
        }

        return false;
    }
}
