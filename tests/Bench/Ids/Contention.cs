using System.Diagnostics;
using System.Globalization;
using Serverless.Bench.Kv;

namespace Serverless.Bench.Ids;

/// <summary>
/// Nanoseconds per id of one generator that all cores share: the room's, the textbook's, the room's again. A round counts when the room's threads had all cores to themselves,
/// both times: threads that take turns on a core that a neighbour left them do not contend.
/// </summary>
internal static class Contention
{
    private const int WarmUps = 5;
    private const int RoundsMeasured = 25;
    private const double Quiet = 0.9;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly int Cores = Environment.ProcessorCount;

    public static void Measure(Ratios ratios)
    {
        var (all, quiet, start) = (new List<Round>(), new List<Round>(), Stopwatch.GetTimestamp());
        while (quiet.Count < RoundsMeasured && Stopwatch.GetElapsedTime(start) < Limit)
        {
            var (one, locked, two) = (Issuing.Run(Issuing.Ours, Cores), Issuing.Run(Issuing.Locked, Cores), Issuing.Run(Issuing.Ours, Cores));
            all.Add(new Round((one.Nanoseconds + two.Nanoseconds) / 2, locked.Nanoseconds));
            if (all.Count > WarmUps && Math.Min(one.Cores, two.Cores) >= Quiet * Cores)
                quiet.Add(all[^1]);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{quiet.Count} of {all.Count} rounds had all {Cores} cores to themselves"));
        var counted = quiet.Count > 0 ? quiet : all;
        Print("snowflake", counted.Select(r => r.Ours));
        Print("textbook under a lock", counted.Select(r => r.Locked));
        ratios.AtMost("ids.contended.vs.locked", Rounds.Quantile(counted.Select(r => r.Ours / r.Locked), 0.5), 0.33);
    }

    private static void Print(string way, IEnumerable<double> times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{Cores} threads, {way,-29} {Rounds.Quantile(times, 0.5),6:0.0} ns/id"));

    private readonly record struct Round(double Ours, double Locked);
}
