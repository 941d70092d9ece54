namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>
/// Finds where a schedule must be left to reach one that is not equivalent to it: dynamic partial-order reduction (Flanagan and Godefroid
/// 2005) with source sets (Abdulla, Aronsson, Jonsson and Sagonas 2014). Two schedules are equivalent when they differ only in the order
/// of steps that do not conflict.
/// </summary>
internal static class Races
{
    /// <param name="schedule">What happened, in order; each with its touches.</param>
    /// <param name="from">Everything before this was considered already.</param>
    public static void Consider(IReadOnlyList<ChoicePoint> schedule, int from)
    {
        for (var later = from; later < schedule.Count; later++)
        {
            Order(schedule, later);
            if (schedule[later].Chosen.Owner == StepId.Time)
                continue;
            foreach (var earlier in Immediate(schedule, later))
                schedule[earlier].Try(Initials(schedule, earlier, later));
        }
    }

    private static void Order(IReadOnlyList<ChoicePoint> schedule, int at)
    {
        var before = schedule[at].HappenedBefore;
        before.Clear();
        for (var earlier = at - 1; earlier >= 0; earlier--)
        {
            if (before.Contains(earlier) || (earlier != schedule[at].OfferedBy && !Access.Conflict(schedule[earlier].Touched, schedule[at].Touched)))
                continue;
            before.Add(earlier);
            before.UnionWith(schedule[earlier].HappenedBefore);
        }
    }

    // Conflicts with nothing between that forces the order; and the later step must not owe its existence to the earlier one.
    private static List<int> Immediate(IReadOnlyList<ChoicePoint> schedule, int later)
    {
        var before = schedule[later].HappenedBefore;
        return
        [
            .. before.Where(earlier => earlier != schedule[later].OfferedBy
                && !before.Any(between => between > earlier && schedule[between].HappenedBefore.Contains(earlier))),
        ];
    }

    // What can happen first, at the place of the earlier step, on the way to a schedule in which the later one comes before it.
    private static List<StepId> Initials(IReadOnlyList<ChoicePoint> schedule, int earlier, int later)
    {
        var independent = Enumerable.Range(earlier + 1, later - earlier - 1).Where(at => !schedule[at].HappenedBefore.Contains(earlier)).Append(later).ToList();
        return [.. independent.Where(at => !independent.Exists(other => schedule[at].HappenedBefore.Contains(other))).Select(at => schedule[at].Chosen)];
    }
}
