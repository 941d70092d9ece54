using Serverless.Limits;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Limits;

/// <summary>One instance that limits on simulated nodes, in fair weather unless a test says otherwise; storage takes 1 to 20 ms each way.</summary>
internal sealed class LimiterLife
{
    private readonly Simulator _simulator;
    private readonly SimulatedCluster _cluster;
    private readonly LimitsInstance _instance;
    private readonly LimitsInstance _other;

    private LimiterLife(Simulator simulator, int known)
    {
        _simulator = simulator;
        _cluster = new SimulatedCluster(simulator, 2, 1, 10_000, Mutation.None);
        (_instance, _other) = (new LimitsInstance(0, _cluster, simulator, known: known), new LimitsInstance(1, _cluster, simulator));
    }

    public Limiter Limiter => _instance.Limiter;

    public LimitsMetrics Metrics => _instance.Metrics;

    /// <summary>Another instance.</summary>
    public Limiter Other => _other.Limiter;

    /// <summary>Reads and changes of rows so far.</summary>
    public long Calls => _instance.Metrics.Calls;

    public long Now => _simulator.Time.GetTimestamp();

    public static void Run(Func<LimiterLife, Task> life, int seed = 1, int known = 100_000)
    {
        var simulator = new Simulator(seed);
        simulator.Run(async () =>
        {
            var one = new LimiterLife(simulator, known);
            await one._cluster.SettleAsync();
            _ = one.WatchAsync();
            await life(one);
        });
    }

    // As a timer does, so that one lost question does not leave it without a cluster.
    private async Task WatchAsync()
    {
        while (true)
        {
            await _simulator.Delay(TimeSpan.FromSeconds(1));
            await Task.WhenAll(_cluster.Views.Select(views => views.RefreshAsync(CancellationToken.None)));
        }
    }

    /// <summary>A limit of one subject.</summary>
    public static MatchedLimit Limit(long limit, LimitAlgorithmKind algorithm = LimitAlgorithmKind.TokenBucket, Func<LimitRule, LimitRule>? but = null) =>
        new("subject", $"limit.{algorithm}", (but ?? (rule => rule))(new LimitRule("gold", algorithm, limit, TimeSpan.FromSeconds(5))));

    /// <summary>A limit whose tokens may be held for a second.</summary>
    public static MatchedLimit PerMinute(long limit) => Limit(limit, but: rule => rule with { Window = TimeSpan.FromMinutes(1) });

    public DistributedRateLimiter Distributed(params MatchedLimit[] limits) => new(Limiter, limits);

    /// <summary>To the tick; Task.Delay counts milliseconds.</summary>
    public async Task Delay(TimeSpan time)
    {
        var over = new TaskCompletionSource();
        await using var timer = _simulator.Time.CreateTimer(_ => over.SetResult(), null, time, Timeout.InfiniteTimeSpan);
        await over.Task;
    }

    /// <summary>Until the home of a subject is known: before that nobody can be decided.</summary>
    public async Task WarmUpAsync(string subject)
    {
        var check = Limiter.Prepare([new MatchedLimit(subject, "warm", new LimitRule("warm", LimitAlgorithmKind.TokenBucket, 1, TimeSpan.FromSeconds(1)))]);
        while (await Limiter.ForecastAsync(check, 1, CancellationToken.None) is LimitVerdict.Unavailable)
        {
            // Some questions are lost.
        }
    }

    /// <summary>Time for every fetch to end, and for nothing of a minute's limit to expire.</summary>
    public Task Settle() => Delay(TimeSpan.FromMilliseconds(500));

    /// <summary>The first instance reaches no node any more.</summary>
    public void Isolate()
    {
        foreach (var node in _cluster.Nodes.Keys)
            _cluster.Cut(0, node);
    }

    public void Set(Weather weather)
    {
        foreach (var node in _cluster.Nodes.Values)
            node.Weather = weather;
    }
}
