using System.Globalization;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What an exploration did and found.</summary>
/// <param name="Schedules">Schedules lived to their end, no two of them equivalent.</param>
/// <param name="CutShort">Schedules given up because all that could still come of them was explored before.</param>
/// <param name="Choices">Places where more than one step could happen.</param>
/// <param name="Longest">Steps of the longest schedule.</param>
/// <param name="IsComplete">Every schedule was explored, or one that is equivalent to it.</param>
/// <param name="Broken">The laws that the last schedule broke, and its steps; exploring ends with the first one that breaks any.</param>
internal sealed record Exploration(int Schedules, int CutShort, int Choices, int Longest, bool IsComplete, IReadOnlyList<string> Broken)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsComplete ? "all" : "only")} {Schedules} schedules, {CutShort} cut short, {Choices} choice points, longest {Longest} steps");
}
