namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>
/// Stateless model checking (Godefroid 1997) of the real code: lives a scenario again and again from its start, each time with other
/// choices of what happens next, until every interleaving of its steps has been lived, or one that is equivalent to it.
/// </summary>
/// <remarks>
/// A step is a call carried out at one moment. Answers that one coordinator hears conflict with each other: it may do other things when
/// they come in another order. Steps of different coordinators conflict only in the rows, tables and membership that they touch.
/// Not explored: timers that fire while something else could happen (<see cref="SteppedContext"/>), so calls that are given up while
/// they are under way; what is tried again after a pause while an event is still to come; how the calls of one job, and of a coordinator
/// where the exploration says "in order", overtake each other (<see cref="SteppedContext.NewOwner"/>).
/// </remarks>
internal sealed class Explorer
{
    private const int LongestSchedule = 2_000;

    private readonly Exploring _how;
    private readonly List<ChoicePoint> _schedule = [];
    private int _schedules;
    private int _cutShort;
    private int _choices;
    private int _longest;

    private Explorer(Exploring how) => _how = how;

    /// <param name="how">What is explored, and how much of it.</param>
    /// <param name="cancellationToken">Ends the exploration before it is complete.</param>
    public static Exploration Explore(Exploring how, CancellationToken cancellationToken)
    {
        var before = SynchronizationContext.Current;
        try
        {
            return new Explorer(how).Explore(cancellationToken);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private Exploration Explore(CancellationToken cancellationToken)
    {
        do
        {
            if (Live() is { Count: > 0 } broken)
                return Result(isComplete: false, broken);
            if (cancellationToken.IsCancellationRequested)
                return Result(isComplete: false, []);
        }
        while (Back());
        return Result(isComplete: true, []);
    }

    private Exploration Result(bool isComplete, IReadOnlyList<string> broken) =>
        new(_how.Name, _schedules, _cutShort, _choices, _longest, isComplete, broken);

    // One schedule, from the start; the laws it broke, and its steps if it did.
    private List<string> Live()
    {
        var context = new SteppedContext(_how.LateAnswers, _how.InOrderLater);
        SynchronizationContext.SetSynchronizationContext(context);
        var scenario = _how.Create(context);
        context.RunFreely(scenario.PrepareAsync);
        scenario.Start();
        context.Settle();

        // The last choice that was made before is a new one; so is everything after it.
        var from = Math.Max(_schedule.Count - 1, 0);
        var labels = new List<string>();
        var offeredBy = context.Offered.ToDictionary(step => step.Id, _ => -1);
        List<string> broken = [];
        for (var at = 0; context.Offered.Count > 0 && broken.Count == 0; at++)
        {
            if (!Arrive(context, at))
            {
                _schedule.RemoveAt(at);
                Races.Consider(_schedule, from);
                _cutShort++;
                return [];
            }

            var place = _schedule[at];
            var step = context.Offered.First(step => step.Id == place.Chosen);
            labels.Add(step.ToString());
            place.Happened(context.Happen(step), offeredBy[step.Id]);
            foreach (var offered in context.Offered)
                offeredBy.TryAdd(offered.Id, at);
            broken.AddRange(scenario.BrokenNow());
        }

        Races.Consider(_schedule, from);
        _schedules++;
        _longest = Math.Max(_longest, _schedule.Count);
        if (broken.Count == 0)
            broken = [.. context.Unended(), .. scenario.BrokenInTheEnd()];
        return broken.Count == 0 ? broken : [.. broken.Distinct(StringComparer.Ordinal), .. labels];
    }

    // False when there is nothing new to be found from here.
    private bool Arrive(SteppedContext context, int at)
    {
        if (at < _schedule.Count)
        {
            if (!_schedule[at].Offers(context.Offered))
                throw new InvalidOperationException($"The same choices led elsewhere at step {at}: something else decides too.");
            return true;
        }

        if (at >= LongestSchedule)
            throw new InvalidOperationException("The schedule does not end.");
        var place = new ChoicePoint(context.Offered, at == 0 ? null : _schedule[at - 1], _how.Everything);
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
