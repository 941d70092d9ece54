namespace Serverless.Local.Host;

/// <summary>Runs the queue functions, each by a pump of its own.</summary>
internal sealed class QueueTriggers : BackgroundService
{
    private readonly List<QueuePump> _pumps = [];

    public QueueTriggers(
        FunctionCatalog functions, IConfiguration configuration, AzuriteQueues queues, HostJson host, QueueOptions options,
        IServiceScopeFactory scopes, InvocationIds ids, TimeProvider clock, ILogger<QueueTriggers> log)
    {
        foreach (var function in functions.Queues)
        {
            var queue = AzuriteQueues.NameOf(configuration.Resolve(function, function.Queue));
            var delivery = new QueueDelivery(function, options, scopes, ids, log);
            _pumps.Add(new QueuePump(function, queue, queues, delivery, host, options, clock, log));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_pumps.Select(p => p.RunAsync(stoppingToken)));

    public override void Dispose()
    {
        foreach (var pump in _pumps)
            pump.Dispose();
        base.Dispose();
    }
}
