using Microsoft.Extensions.Logging;

namespace Serverless.Http;

/// <summary>A check that a room contributes; it must end soon and ask only what is local to the stamp.</summary>
public delegate Task<HealthCheck> StampCheck(CancellationToken cancellationToken);

/// <summary>Runs the checks of all rooms, at most every 10 s and for at most 3 s, however often it is asked: some 190 edges probe each origin.</summary>
public sealed partial class StampHealth(IEnumerable<StampCheck> checks, TimeProvider clock, ILogger<StampHealth> logger) : IDisposable
{
    private static readonly TimeSpan Cached = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _running = new(1);
    private HealthReport? _report;
    private long _ranAt;

    public async Task<HealthReport> GetAsync()
    {
        if (Fresh() is { } known)
            return known;

        await _running.WaitAsync();
        try
        {
            if (Fresh() is { } meanwhile)
                return meanwhile;
            var results = await Task.WhenAll(checks.Select(RunAsync));
            _report = new HealthReport(results.Select(r => r.Status).DefaultIfEmpty().Max(), clock.GetUtcNow(), results);
            _ranAt = clock.GetTimestamp();
            return _report;
        }
        finally
        {
            _running.Release();
        }
    }

    public void Dispose() => _running.Dispose();

    private HealthReport? Fresh() => _report is { } report && clock.GetElapsedTime(_ranAt) < Cached ? report : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "Health check {Check} failed")]
    private partial void LogFailure(Exception failure, string check);

    private async Task<HealthCheck> RunAsync(StampCheck check)
    {
        using var timer = new CancellationTokenSource(Limit, clock);
        try
        {
            return await check(timer.Token).WaitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            return new HealthCheck(check.Method.Name, HealthStatus.Unhealthy, "The check did not end within 3 s.");
        }
        catch (Exception failure)
        {
            LogFailure(failure, check.Method.Name);
            return new HealthCheck(check.Method.Name, HealthStatus.Unhealthy, "The check failed.");
        }
    }
}
