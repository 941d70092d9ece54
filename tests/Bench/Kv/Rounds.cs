using System.Diagnostics;
using System.Globalization;

namespace Serverless.Bench.Kv;

/// <summary>Times of scenarios that take turns, round by round, so that a busy neighbour slows all of them alike.</summary>
internal sealed class Rounds
{
    private readonly Dictionary<string, List<List<double>>> _times = new(StringComparer.Ordinal);

    /// <summary>Times from here on belong to the next round.</summary>
    public void Next()
    {
        foreach (var rounds in _times.Values)
            rounds.Add([]);
    }

    /// <summary>Forgets what was measured while everything was cold.</summary>
    public void Clear() => _times.Clear();

    public async Task TimeAsync(string scenario, Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        if (!_times.TryGetValue(scenario, out var rounds))
            _times[scenario] = rounds = [[]];
        rounds[^1].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>The median over the rounds of the ratio of two medians.</summary>
    public double Ratio(string scenario, string floor) => Quantile(
        _times[scenario].Zip(_times[floor]).Where(r => r.First.Count > 0 && r.Second.Count > 0).Select(r => Quantile(r.First, 0.5) / Quantile(r.Second, 0.5)), 0.5);

    /// <summary>The median of all its times, in milliseconds.</summary>
    public double P50(string scenario) => Quantile(_times[scenario].SelectMany(round => round), 0.5);

    public void Print()
    {
        foreach (var (scenario, rounds) in _times)
        {
            var all = rounds.SelectMany(r => r).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{scenario,-16} p50 {Quantile(all, 0.5),7:0.00} ms   p99 {Quantile(all, 0.99),7:0.00} ms"));
        }
    }

    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)(share * (sorted.Count - 1))];
    }
}
