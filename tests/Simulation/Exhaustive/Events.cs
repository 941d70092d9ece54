namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>What happens besides the operations, each at any moment.</summary>
/// <param name="CrashFirst">The first coordinator crashes. At the very end that is the same as not at all.</param>
/// <param name="Wipe">The node that loses everything and comes back as a new incarnation; null: none does.</param>
/// <param name="Refill">
/// The node that has just lost everything: a timer's job refills it, and ends with the change of membership that lets it vote again. No
/// coordinator has loaded the membership before. Null: none has.
/// </param>
/// <param name="Promote">The same, but it has been refilled: only the change of membership is left. Null: none has.</param>
internal readonly record struct Events(bool CrashFirst = false, string? Wipe = null, string? Refill = null, string? Promote = null)
{
    /// <summary>Loses what is lost before anything begins; false when nothing is.</summary>
    public async Task<bool> PrepareAsync(SteppedContext context, SteppedCluster cluster)
    {
        if ((Refill ?? Promote) is not { } node)
            return false;
        cluster.Wipe(node);
        if (Promote is not null)
            await cluster.Jobs(context.NewOwner("job"), changes: false).RefillAsync();
        return true;
    }

    /// <param name="context">Where steps wait.</param>
    /// <param name="cluster">What they happen to.</param>
    /// <param name="first">The first coordinator.</param>
    public void Offer(SteppedContext context, SteppedCluster cluster, int first)
    {
        if (CrashFirst)
            context.Offer("crash", () => context.Crash(first));
        if (Wipe is { } node)
            context.Offer($"wipe {node}", () => cluster.Wipe(node));
        if (Promote is { } refilled)
            context.Offer($"promote {refilled}", () => cluster.Promote(refilled));
        if (Refill is not null)
        {
            var owner = context.NewOwner("job", inOrder: true);
            context.Begin(owner, "the refill", () => cluster.Jobs(owner).RefillAsync());
        }
    }
}
