using System.Globalization;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>Names a step in all schedules that give its owner the same answers in the same order.</summary>
/// <param name="Owner">The coordinator that made the call, or a number of its own for a step of the environment.</param>
/// <param name="Number">The owner's steps in the order in which it asked for them.</param>
/// <param name="IsAnswer">Whether the owner hears the answer to its step of that number, where that is a step of its own.</param>
internal readonly record struct StepId(int Owner, int Number, bool IsAnswer = false)
{
    /// <summary>The owner of the step in which time passes. It is offered only when nothing else is: its order is no choice.</summary>
    public const int Time = -1;
}

/// <summary>Something that may happen next: a call that its coordinator waits for, or a step of the environment.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Label">What it does, for people.</param>
/// <param name="CarryOut">Does it; gives what tells the answer to whoever waits.</param>
/// <param name="IsMessage">Whether its answer travels, and so may be late.</param>
internal sealed record Step(StepId Id, string Label, Func<Action> CarryOut, bool IsMessage)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id.Owner}: {(Id.IsAnswer ? "hears of " : "")}{Label}");
}
