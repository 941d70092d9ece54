using System.Globalization;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Names a step in all schedules that give its owner the same answers in the same order.</summary>
/// <param name="Owner">The coordinator that made the call, or a number of its own for a step of the environment.</param>
/// <param name="Number">The owner's steps in the order in which it asked for them.</param>
internal readonly record struct StepId(int Owner, int Number)
{
    /// <summary>The owner of the step in which time passes. It is offered only when nothing else is: its order is no choice.</summary>
    public const int Time = -1;
}

/// <summary>Something that may happen next: a call that its coordinator waits for, or a step of the environment.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Label">What it does, for people.</param>
/// <param name="Run">Does it and gives the answer to whoever waits.</param>
internal sealed record Step(StepId Id, string Label, Action Run)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id.Owner}: {Label}");
}
