using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>One timer function: reads the shared state, waits, claims the lease, runs, releases. Never ends by itself.</summary>
internal sealed partial class TimerLoop(
    TimerFunction function, TimerSchedule schedule, TimerTable table, TimerInvocation invocation,
    InvocationIds ids, TimeProvider clock, ILogger log)
{
    /// <summary>The pause after the table failed: 5 seconds.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RenewEvery = TimerState.LeaseLength / 3;

    private bool _atOnce = function.RunOnStartup;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stopping);
            }
            catch (Exception failed) when (!stopping.IsCancellationRequested)
            {
                TableFailed(log, function.Name, RetryAfter, failed.GetType().Name);
                await clock.Pause(RetryAfter, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task StepAsync(CancellationToken stopping)
    {
        var state = await table.ReadOrBeginAsync(function.Name, clock.GetUtcNow(), stopping);
        switch (state.Decide(schedule, ids.Owner, clock.GetUtcNow(), _atOnce))
        {
            case TimerStep.Wait wait:
                await clock.Pause(wait.Time, stopping);
                break;
            case TimerStep.Run run when await table.TryWriteAsync(function.Name, state.Claimed(ids.Owner, clock.GetUtcNow()), stopping) is { } claimed:
                _atOnce = false;
                await RunClaimedAsync(claimed, state.Last, run.IsPastDue, stopping);
                break;
        }
    }

    private async Task RunClaimedAsync(TimerState claimed, DateTimeOffset last, bool isPastDue, CancellationToken stopping)
    {
        using var run = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var ended = new CancellationTokenSource();
        var renewing = RenewAsync(claimed, run, ended.Token);
        await invocation.RunAsync(new TimerInfo
        {
            IsPastDue = isPastDue,
            ScheduleStatus = new ScheduleStatus
            {
                Last = last.UtcDateTime,
                Next = schedule.After(claimed.Last).UtcDateTime,
                LastUpdated = claimed.Last.UtcDateTime,
            },
        }, run.Token);

        await ended.CancelAsync();
        if (await renewing is { } held)
        {
            // Also when stopping: a released lease lets the other heads go on at once.
            await table.TryWriteAsync(function.Name, held.Released(clock.GetUtcNow()), CancellationToken.None);
        }
    }

    /// <summary>Renews until the run ended; answers the state last written, or null after cancelling the run because the lease was lost.</summary>
    private async Task<TimerState?> RenewAsync(TimerState held, CancellationTokenSource run, CancellationToken ended)
    {
        while (await clock.Pause(RenewEvery, ended))
        {
            try
            {
                // Not cancelled by the end of the run: a cancelled write may still be applied, and its version would be unknown.
                if (await table.TryWriteAsync(function.Name, held.Renewed(clock.GetUtcNow()), CancellationToken.None) is { } renewed)
                    held = renewed;
                else
                    held = held with { LeaseEnd = clock.GetUtcNow() };
            }
            catch (Exception failed)
            {
                TableFailed(log, function.Name, RenewEvery, failed.GetType().Name);
            }

            if (held.LeaseEnd <= clock.GetUtcNow())
            {
                LeaseLost(log, function.Name);
                await run.CancelAsync();
                return null;
            }
        }

        return held;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer {Function}: its state cannot be read or written ({Reason}); trying again in {Delay}")]
    private static partial void TableFailed(ILogger log, string function, TimeSpan delay, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Timer {Function}: the lease was lost while it ran; its run was cancelled")]
    private static partial void LeaseLost(ILogger log, string function);
}
