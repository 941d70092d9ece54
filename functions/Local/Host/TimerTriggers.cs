namespace Serverless.Local.Host;

/// <summary>Runs the timer functions, each in a loop of its own.</summary>
internal sealed class TimerTriggers : BackgroundService
{
    private readonly List<TimerLoop> _loops = [];

    public TimerTriggers(
        FunctionCatalog functions, IConfiguration configuration, TimerTable table, IServiceScopeFactory scopes,
        InvocationIds ids, TimeProvider clock, ILogger<TimerTriggers> log)
    {
        foreach (var function in functions.Timers)
        {
            var schedule = TimerSchedule.Parse(configuration.Resolve(function, function.Schedule));
            _loops.Add(new TimerLoop(function, schedule, table, new TimerInvocation(function, scopes, ids, log), ids, clock, log));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_loops.Select(l => l.RunAsync(stoppingToken)));
}
