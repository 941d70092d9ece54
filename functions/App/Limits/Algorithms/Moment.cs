namespace Serverless.Limits;

/// <summary>
/// The present, as far as it is known: not before <paramref name="Earliest"/> and not after <paramref name="Latest"/> (as Spanner's TrueTime, Corbett et al. 2012). What
/// was used counts from the latest it can have been; what comes free does so at the earliest that is sure.
/// </summary>
/// <param name="Earliest">In ticks of 100 ns since year 1.</param>
/// <param name="Latest">In ticks of 100 ns since year 1.</param>
public readonly record struct Moment(long Earliest, long Latest)
{
    /// <summary>A present that is known exactly.</summary>
    public static Moment At(long ticks) => new(ticks, ticks);
}
