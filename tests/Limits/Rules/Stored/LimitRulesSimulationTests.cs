using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Limits;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Limits;

/// <summary>Several instances on one thread, with a clock that a seed moves: the same seed gives the same run.</summary>
public class LimitRulesSimulationTests
{
    private const string Text = "domain: d\ndescriptors: []";
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_change_is_in_force_everywhere_within_five_seconds_however_rarely_rules_are_used()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var simulator = new Simulator(seed);
            simulator.Run(() => RunAsync(simulator));
        }
    }

    private static async Task RunAsync(Simulator simulator)
    {
        var cluster = new SimulatedCluster(simulator, coordinators: 3, nodesPerRegion: 2, mostHints: 100, Mutation.None);
        await cluster.SettleAsync();
        var stores = cluster.Coordinators.Select(store => new LimitRulesStore(store, simulator.Time)).ToList();
        var stored = new List<(long Version, DateTimeOffset At)>();
        var ends = false;
        var users = stores.Select(store => UseAsync(new LimitRulesView(store, [], simulator.Time, NullLogger<LimitRulesView>.Instance))).ToList();
        for (var i = 0; i < 10; i++)
        {
            await simulator.Delay(TimeSpan.FromMilliseconds(simulator.Random.Next(9_000)));
            var store = stores[simulator.Random.Next(stores.Count)];
            if (await store.PutAsync(RulesText.Rules(Text), Encoding.UTF8.GetBytes(Text), "application/yaml", null, CancellationToken.None) is StoredRulesWrite.Stored(var version))
                stored.Add((version, simulator.Time.GetUtcNow()));
        }

        ends = true;
        await Task.WhenAll(users);
        Assert.NotEmpty(stored);

        async Task UseAsync(LimitRulesView view)
        {
            while (!ends)
            {
                await simulator.Delay(TimeSpan.FromMilliseconds(simulator.Random.Next(simulator.Random.Next(2) == 0 ? 500 : 9_000)));
                var answer = await view.GetAsync("d", CancellationToken.None);
                var needed = stored.Where(one => simulator.Time.GetUtcNow() - one.At > Promised).Select(one => one.Version).DefaultIfEmpty().Max();
                Assert.InRange(ScriptedRules.VersionOf(answer), needed == 0 ? -2 : needed, long.MaxValue);
            }
        }
    }
}
