using Microsoft.Extensions.Logging;
using Serverless.Http;

namespace Serverless.Ids;

/// <summary>Tells when the epoch of snowflakes ends, and warns a year before.</summary>
internal sealed partial class IdsHealth(SnowflakeLayout layout, TimeProvider clock, ILogger<IdsHealth> logger)
{
    private static readonly TimeSpan WarnsBefore = TimeSpan.FromDays(365);

    private int _warned;

    public Task<HealthCheck> CheckAsync(CancellationToken cancellationToken)
    {
        var left = layout.EndsAt - clock.GetUtcNow();
        if (left <= WarnsBefore && Interlocked.Exchange(ref _warned, 1) == 0)
            LogEnd(layout.EndsAt);
        return Task.FromResult(new HealthCheck(
            "ids", left > WarnsBefore ? HealthStatus.Healthy : HealthStatus.Degraded, $"Snowflakes of this epoch last until {layout.EndsAt:yyyy-MM-dd}."));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The epoch of snowflakes ends at {End:O}: until then every user of them must move to another kind of id")]
    private partial void LogEnd(DateTimeOffset end);
}
