using Microsoft.Extensions.Options;
using Serverless.Ids;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Ids;

/// <summary>That worker ids run out is told before they have.</summary>
public class ScarceWorkersTests
{
    [Fact]
    public void Metrics_count_the_leased_and_a_warning_is_logged_from_four_fifths_on() => SourceScene.Play(async scene =>
    {
        var (log, metrics) = (new CountingLogger(), new IdsMetrics());
        using var measured = new Measured(metrics.Has);
        var layout = new SnowflakeLayout(IdsInstance.FewWorkers.Epoch, 13, 3, 6);
        for (var leased = 0; leased < 8; leased++)
        {
            Assert.IsType<LeaseResult.Held>(await Leases(scene, layout, metrics, log).AcquireAsync(0, CancellationToken.None));
            var values = measured.Values;
            Assert.Equal((leased, 8), (values["serverless.ids.workers.leased r1"], values["serverless.ids.workers.limit r1"]));
            Assert.Equal(leased < 7 ? 0 : 1, log.Warnings);
        }

        var refused = Assert.IsType<LeaseResult.Refused>(await Leases(scene, layout, metrics, log).AcquireAsync(0, CancellationToken.None));
        Assert.IsType<IdRefusal.NoWorker>(refused.Why);
        metrics.Dispose();
    }, orders: 1);

    [Fact]
    public void Ids_are_counted_by_strategy()
    {
        var metrics = new IdsMetrics();
        using var measured = new Measured(metrics.Has);
        metrics.Issued("uuid7", 10);
        metrics.Issued("uuid7", 5);
        metrics.LeaseLost();
        Assert.Equal((15, 1), (measured.Values["serverless.ids.issued uuid7"], measured.Values["serverless.ids.leases.lost"]));
        metrics.Dispose();
    }

    private static WorkerLeases Leases(SourceScene scene, SnowflakeLayout layout, IdsMetrics metrics, CountingLogger log)
    {
        var (views, store, clock) = (scene.Cluster.Views[0], scene.Cluster.Coordinators[0], scene.Simulator.Time);
        return new WorkerLeases(
            views, new HighWater(store, views, clock), new AgreedLayout(store, views, layout, clock), layout, Options.Create(new IdsOptions()), metrics, clock, scene.Simulator.Random, log);
    }
}
