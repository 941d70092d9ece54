using System.Diagnostics;
using System.Globalization;
using Serverless.Limits;
using StackExchange.Redis;

namespace Serverless.Bench.Limits;

/// <summary>The usual answer: a token bucket as a script in Redis, asked for each decision. The same number of callers at once asks each.</summary>
internal static class BesideRedis
{
    private const int Callers = 32;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    // What is left is stored with its time; the clock is that of Redis.
    private const string Script = """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local burst, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local tokens = math.min(burst, (tonumber(state[1]) or burst) + (now - (tonumber(state[2]) or now)) * rate)
        local allowed = tokens >= cost
        if allowed then tokens = tokens - cost end
        redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
        redis.call('PEXPIRE', KEYS[1], 20000)
        return allowed and 1 or 0
        """;

    public static async Task MeasureAsync(Limiter limiter, Ratios ratios)
    {
        var check = limiter.Prepare(LimitsBench.Endless("beside"));
        await RunAsync(async () => await limiter.CheckAsync(check, 1, CancellationToken.None));
        var ours = await RunAsync(async () => await limiter.CheckAsync(check, 1, CancellationToken.None));
        Print("ours", ours);
        await using var server = await RedisServer.StartAsync();
        if (server is null)
        {
            Console.WriteLine("redis: there is no redis-server here, and none could be installed: nothing is compared");
            return;
        }

        await using var redis = await ConnectionMultiplexer.ConnectAsync(server.Address);
        var database = redis.GetDatabase();
        var script = LuaScript.Prepare(Script);
        var loaded = await script.LoadAsync(redis.GetServers()[0]);
        RedisKey[] keys = ["bench"];
        RedisValue[] values = [1_000_000_000, 1_000.0, 1];
        Task Ask() => database.ScriptEvaluateAsync(loaded.Hash, keys, values);
        await RunAsync(Ask);
        var theirs = await RunAsync(Ask);
        Print("redis", theirs);
        ratios.AtLeast("limits.decisions.vs.redis", ours.PerSecond / theirs.PerSecond, 10);
        ratios.AtMost("limits.p99.vs.redis", ours.P99 / theirs.P99, 1);
    }

    private static async Task<(double PerSecond, double P50, double P99)> RunAsync(Func<Task> decide)
    {
        var start = Stopwatch.GetTimestamp();
        var counted = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var (count, sampled) = (0L, new List<double>());
            while (Stopwatch.GetElapsedTime(start) < Length)
            {
                var asked = Stopwatch.GetTimestamp();
                await decide();
                count++;

                // Callers that never wait would remember millions.
                if (sampled.Count < 200_000)
                    sampled.Add((Stopwatch.GetTimestamp() - asked) * 1e6 / Stopwatch.Frequency);
            }

            return (count, sampled);
        })));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = counted.SelectMany(c => c.sampled).Order().ToArray();
        return (counted.Sum(c => c.count) / seconds, times[times.Length / 2], times[(int)(times.Length * 0.99)]);
    }

    private static void Print(string name, (double PerSecond, double P50, double P99) run) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name}, {Callers} callers: {run.PerSecond:0} decisions/s, p50 {run.P50:0.00} µs, p99 {run.P99:0.00} µs"));
}
