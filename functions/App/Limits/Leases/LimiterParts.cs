using Microsoft.Extensions.Logging;

namespace Serverless.Limits;

/// <summary>What every subject works with.</summary>
internal sealed partial class LimiterParts(SubjectStore store, LimitsMetrics metrics, TimeProvider clock, Random random, ILogger<LimiterParts> logger, SplitTerms? split = null)
{
    public SubjectStore Store => store;

    public LimitsMetrics Metrics => metrics;

    public SplitTerms Split { get; } = split ?? SplitTerms.Default;

    public TimeProvider Clock => clock;

    public Random Random => random;

    /// <summary>Something failed that nothing here foresees.</summary>
    public void Failed(Exception failure, string subject) => LogFailure(failure, subject);

    [LoggerMessage(Level = LogLevel.Error, Message = "The limits of {Subject} could not be counted")]
    private partial void LogFailure(Exception failure, string subject);
}
