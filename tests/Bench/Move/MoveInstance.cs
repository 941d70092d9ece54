using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Replication;

namespace Serverless.Bench.Move;

/// <summary>The replication of one region's stamp, with the timers that a move needs and those that keep logs short, without HTTP around it.</summary>
internal sealed class MoveInstance : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private const int TicksPerRollUp = 12;

    private readonly ServiceProvider _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _timers;

    public MoveInstance(CloudAddresses cloud, string region)
    {
        using var identity = DevIdentity.Open(null, TimeProvider.System);
        var settings = CloudSettings.Of(cloud, region, identity, 0, new Dictionary<string, string?>());
        settings["Replication:Partitions"] = MoveBench.Partitions.ToString(CultureInfo.InvariantCulture);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        _services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<Random>(new SecureRandom()).AddReplication(configuration).BuildServiceProvider();
        _timers = RunAsync();
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _timers;
        await _services.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Tick, TimeProvider.System);
        for (var ticks = 0; !_stop.IsCancellationRequested; ticks++)
        {
            try
            {
                await Get<HealthGossip>().RunAsync(_stop.Token);
                await Get<PartitionMover>().RunAsync(_stop.Token);
                await Get<HintHandover>().RunAsync(_stop.Token);
                if (ticks % TicksPerRollUp == 0)
                    await Get<RollUp>().RunAsync(_stop.Token);
                await timer.WaitForNextTickAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The bench is over.
            }
        }
    }
}
