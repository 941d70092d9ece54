using System.Globalization;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What is explored, and how.</summary>
/// <param name="Name">For people.</param>
/// <param name="Create">Builds the scenario; called once for each schedule.</param>
/// <param name="LateAnswers">Whether answers may be heard later than their calls are carried out (<see cref="SteppedContext"/>); default: they are not.</param>
/// <param name="InOrderLater">Whether every owner's calls are in order once time has passed (<see cref="SteppedContext"/>); default: they are not.</param>
/// <param name="Everything">Whether schedules are lived that are equivalent to others, to see that nothing is missed without them; default: they are not.</param>
internal sealed record Exploring(string Name, Func<SteppedContext, Scenario> Create, bool LateAnswers = false, bool InOrderLater = false, bool Everything = false);

/// <summary>What an exploration did and found.</summary>
/// <param name="Name">What was explored.</param>
/// <param name="Schedules">Schedules lived to their end, no two of them equivalent.</param>
/// <param name="CutShort">Schedules given up because all that could still come of them was explored before.</param>
/// <param name="Choices">Places where more than one step could happen.</param>
/// <param name="Longest">Steps of the longest schedule.</param>
/// <param name="IsComplete">Every schedule was explored, or one that is equivalent to it.</param>
/// <param name="Broken">The laws that the last schedule broke, and its steps; exploring ends with the first one that breaks any.</param>
internal sealed record Exploration(string Name, int Schedules, int CutShort, int Choices, int Longest, bool IsComplete, IReadOnlyList<string> Broken)
{
    /// <summary>Explores as many at once as there are processors, the first ones first.</summary>
    public static IReadOnlyList<Exploration> All(IReadOnlyList<Exploring> all, CancellationToken cancellationToken)
    {
        var found = new Exploration[all.Count];
        AllProcessors.For(0, all.Count, mine => found[mine] = Explorer.Explore(all[mine], cancellationToken));
        return found;
    }

    /// <summary>One line; then what is broken.</summary>
    public override string ToString() => string.Join('\n', Broken.Prepend(string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {(IsComplete ? "all" : "only")} {Schedules} schedules ({CutShort} cut short), {Choices} choice points, longest {Longest} steps")));
}
