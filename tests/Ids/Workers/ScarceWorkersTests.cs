using System.Diagnostics.Metrics;
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
        var (log, measured, metrics) = (new CountingLogger(), new Dictionary<string, int>(), new IdsMetrics());
        using var listener = Listen(metrics, measured);
        var layout = new SnowflakeLayout(IdsInstance.FewWorkers.Epoch, 13, 3, 6);
        for (var leased = 0; leased < 8; leased++)
        {
            Assert.IsType<LeaseResult.Held>(await Leases(scene, layout, metrics, log).AcquireAsync(0, CancellationToken.None));
            listener.RecordObservableInstruments();
            Assert.Equal((leased, 8), (measured["serverless.ids.workers.leased r1"], measured["serverless.ids.workers.limit r1"]));
            Assert.Equal(leased < 7 ? 0 : 1, log.Warnings);
        }

        var refused = Assert.IsType<LeaseResult.Refused>(await Leases(scene, layout, metrics, log).AcquireAsync(0, CancellationToken.None));
        Assert.IsType<IdRefusal.NoWorker>(refused.Why);
        metrics.Dispose();
    }, orders: 1);

    [Fact]
    public void Ids_are_counted_by_strategy()
    {
        var (measured, metrics) = (new Dictionary<string, int>(), new IdsMetrics());
        using var listener = Listen(metrics, measured);
        metrics.Issued("uuid7", 10);
        metrics.Issued("uuid7", 5);
        metrics.LeaseLost();
        Assert.Equal((15, 1), (measured["serverless.ids.issued uuid7"], measured["serverless.ids.leases.lost "]));
        metrics.Dispose();
    }

    private static WorkerLeases Leases(SourceScene scene, SnowflakeLayout layout, IdsMetrics metrics, CountingLogger log)
    {
        var (views, store, clock) = (scene.Cluster.Views[0], scene.Cluster.Coordinators[0], scene.Simulator.Time);
        return new WorkerLeases(
            views, new HighWater(store, views, clock), new AgreedLayout(store, views, layout, clock), layout, Options.Create(new IdsOptions()), metrics, clock, scene.Simulator.Random, log);
    }

    // Only these metrics: other tests have their own at the same time.
    private static MeterListener Listen(IdsMetrics metrics, Dictionary<string, int> measured)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (metrics.Has(instrument)) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured[Name(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured[Name(instrument, tags)] = measured.GetValueOrDefault(Name(instrument, tags)) + (int)value);
        listener.Start();
        return listener;
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => $"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}";
}
