namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>
/// A world with a few operations in it, built anew for each schedule. What it builds and draws at random must be the same each time:
/// only the order of steps differs.
/// </summary>
/// <param name="context">Where steps wait.</param>
internal abstract class Scenario(SteppedContext context)
{
    protected SteppedContext Context => context;

    /// <summary>What must be so before anything is a choice, such as views that have been loaded and keys that exist.</summary>
    public virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Begins operations (<see cref="SteppedContext.Begin"/>) and offers events (<see cref="SteppedContext.Offer"/>).</summary>
    public abstract void Start();

    /// <summary>The laws that are broken after a step.</summary>
    public virtual IEnumerable<string> BrokenNow() => [];

    /// <summary>The laws that are broken when everything has ended.</summary>
    public abstract IEnumerable<string> BrokenInTheEnd();
}
