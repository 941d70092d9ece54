using System.Diagnostics;
using System.Globalization;
using Serverless.Bench.Kv;
using Serverless.Ids;

namespace Serverless.Bench.Ids;

/// <summary>Nanoseconds per id of one thread, of ways to issue them that take turns, round by round.</summary>
internal static class IssueCost
{
    private const int WarmUps = 5;
    private const int RoundsMeasured = 15;
    private const int Ids = 400_000;

    public static void Measure(Uuid7Generator uuids, Ratios ratios)
    {
        var (filled, seen) = (new Guid[1_000], 0);
        SortedDictionary<string, Func<double>> ways = new(StringComparer.Ordinal)
        {
            ["snowflake"] = () => Issuing.Run(Issuing.Ours, 1).Nanoseconds,
            ["snowflake, real clock"] = () => Issuing.Run(_ => Issuing.Ours(TimeProvider.System), 1).Nanoseconds,
            ["textbook under a lock"] = () => Issuing.Run(Issuing.Locked, 1).Nanoseconds,
            ["Guid.CreateVersion7"] = () => Time(() =>
            {
                for (var i = 0; i < Ids; i++)
                    seen ^= Guid.CreateVersion7().Variant;
            }),
            ["UUIDs of version 7, by 1,000"] = () => Time(() =>
            {
                for (var i = 0; i < Ids; i += filled.Length)
                    uuids.Fill(filled);
            }),
        };
        var times = ways.Keys.ToDictionary(way => way, _ => new List<double>());
        for (var round = -WarmUps; round < RoundsMeasured; round++)
        {
            foreach (var (way, run) in ways)
            {
                var nanoseconds = run();
                if (round >= 0)
                    times[way].Add(nanoseconds);
            }
        }

        foreach (var way in ways.Keys)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"1 thread, {way,-30} {Rounds.Quantile(times[way], 0.5),6:0.0} ns/id"));
        ratios.AtMost(
            "ids.single.vs.guid7", Rounds.Quantile(times["snowflake"].Zip(times["Guid.CreateVersion7"], (one, other) => one / other), 0.5), 1.0);
        GC.KeepAlive(seen);
    }

    private static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Ids;
    }
}
