using System.Diagnostics.Metrics;
using Serverless.Limits;
using static Serverless.Tests.Limits.LimiterLife;

namespace Serverless.Tests.Limits;

public class LimitsMetricsTests
{
    [Fact]
    public void What_was_decided_leased_and_returned_adds_up_by_rule() => Run(async life =>
    {
        using var counts = new Counts(life.Metrics.Meter);
        await life.WarmUpAsync("subject");
        counts.Clear();
        var calls = life.Calls;
        var check = life.Limiter.Prepare([PerMinute(100), new MatchedLimit("subject", "shadow", PerMinute(10).Rule with { Name = "shadow", Shadow = true, Mode = LimitMode.Exact })]);
        var verdicts = new List<LimitVerdict>();
        for (var i = 0; i < 130; i++)
        {
            verdicts.Add(await life.Limiter.CheckAsync(check, 1, CancellationToken.None));
            await life.Delay(TimeSpan.FromMilliseconds(3));
        }

        await life.Delay(TimeSpan.FromSeconds(5));
        var admitted = verdicts.Count(verdict => verdict is LimitVerdict.Admitted);
        Assert.InRange(admitted, 100, 101);
        Assert.Equal((admitted, 130 - admitted), (counts["admitted", "gold"], counts["limited", "gold"]));
        Assert.InRange(counts["admitted", "shadow"], 10, 11);
        Assert.Equal(admitted, counts["admitted", "shadow"] + counts["limited", "shadow"]);
        Assert.InRange(counts["leased", "gold"] - counts["returned", "gold"], 1, admitted);
        Assert.Equal((life.Calls - calls, life.Calls - calls), (counts["storage.calls", "gold"], counts["storage.calls", "shadow"]));
    });

    [Fact]
    public void What_is_taken_ahead_and_not_used_is_returned() => Run(async life =>
    {
        using var counts = new Counts(life.Metrics.Meter);
        await life.WarmUpAsync("subject");
        life.Limiter.Prefetch(life.Limiter.Prepare([PerMinute(100)]), 50);
        await life.Delay(TimeSpan.FromSeconds(5));
        Assert.InRange(counts["leased", "gold"], 50, 100);
        Assert.Equal(counts["leased", "gold"], counts["returned", "gold"]);
    });

    [Fact]
    public void What_could_not_be_counted_says_so() => Run(async life =>
    {
        using var counts = new Counts(life.Metrics.Meter);
        await life.WarmUpAsync("subject");
        life.Set(Simulation.Weather.Down);
        await life.Limiter.CheckAsync(life.Limiter.Prepare([PerMinute(100)]), 1, CancellationToken.None);
        Assert.Equal((1, 0), (counts["limited", "gold", "unavailable"], counts["limited", "gold", "limit"]));
    });

    /// <summary>What one meter counted.</summary>
    private sealed class Counts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<(string Name, string Rule, string? Reason, long Amount)> _all = [];

        public Counts(System.Diagnostics.Metrics.Meter meter)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, amount, tags, _) =>
            {
                var all = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value?.ToString());
                _all.Add((instrument.Name, all["rule"]!, all.GetValueOrDefault("reason"), amount));
            });
            _listener.Start();
        }

        public long this[string name, string rule, string? reason = null] =>
            _all.Where(one => one.Name == "serverless.limits." + name && one.Rule == rule && (reason is null || one.Reason == reason)).Sum(one => one.Amount);

        public void Clear() => _all.Clear();

        public void Dispose() => _listener.Dispose();
    }
}
