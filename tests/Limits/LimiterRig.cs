using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Limits;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Limits;

/// <summary>One instance that limits, on a cluster in memory that others may share.</summary>
internal sealed class LimiterRig
{
    public LimiterRig(TimeProvider? clock = null, MemoryCluster? cluster = null, string region = "r1")
    {
        Clock = clock ?? TimeProvider.System;
        Cluster = cluster ?? new MemoryCluster(clock: Clock);
        var clocks = new StorageClocks(Clock);
        var store = new SubjectStore(new SubjectHomes(Cluster.Views(region), clocks), clocks);
        Limiter = new Limiter(new LimiterParts(store, Metrics, Clock, new Random(1), NullLogger<LimiterParts>.Instance), Options.Create(new LimitsOptions()));
    }

    public TimeProvider Clock { get; }

    public MemoryCluster Cluster { get; }

    public Limiter Limiter { get; }

    public LimitsMetrics Metrics { get; } = new();

    /// <summary>A guard of this instance, by these rules.</summary>
    public ApiGuard Guard(string rules, GuardOptions? options = null)
    {
        var view = new LimitRulesView((_, _) => Task.FromResult<StoredRulesRead>(StoredRulesRead.Missing.Instance), [RulesText.Rules(rules)], Clock, NullLogger<LimitRulesView>.Instance);
        return new ApiGuard(view, Limiter, Options.Create(options ?? new GuardOptions()));
    }
}
