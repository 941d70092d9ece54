using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Serverless.Tests.Simulation;
using Serverless.Tests.Simulation.Exhaustive;

namespace Serverless.Bench;

/// <summary>
/// <c>soak ROOM [--minutes M] [--seed S]</c>: lives on in the simulation of a room, seed after seed, and prints the seeds that break a
/// law; exit code 1 when one did. With <c>--seed</c>, that one life alone. <c>soak schedules [--minutes M]</c> explores every interleaving
/// of what is too large for the tests, and says of which it did not come to an end.
/// </summary>
internal static class Soak
{
    private static readonly SortedDictionary<string, Func<int, IReadOnlyList<string>>> Rooms = new(StringComparer.Ordinal)
    {
        ["ids"] = seed => IdsScenario.Run(seed).Broken,
        ["kv"] = seed => KvScenario.Run(seed).Broken,
        ["limits"] = seed => LimitsScenario.Run(seed).Broken,
    };

    // Above those that the tests run.
    private const int FirstSeed = 1_000_000;
    private const string Schedules = "schedules";
    private const double DefaultMinutes = 10;

    public static Task<int> RunAsync(string[] args)
    {
        if (args is [Schedules, .. var more] && Options(more, out var longest, out _))
            return Task.FromResult(Explore(longest) ? 0 : 1);
        if (args.Length == 0 || !Rooms.TryGetValue(args[0], out var live) || !Options(args[1..], out var minutes, out var only))
        {
            Console.Error.WriteLine($"soak ROOM [--minutes M] [--seed S]: the rooms are {string.Join(", ", Rooms.Keys)}; or {Schedules}.");
            return Task.FromResult(2);
        }

        if (only is { } seed)
            return Task.FromResult(Report(seed, live) ? 0 : 1);

        var (next, lives, broken) = (FirstSeed + RandomNumberGenerator.GetInt32(1_000_000_000), 0, 0);
        var start = Stopwatch.GetTimestamp();
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            while (Stopwatch.GetElapsedTime(start).TotalMinutes < minutes)
            {
                if (!Report(Interlocked.Increment(ref next), live))
                    Interlocked.Increment(ref broken);
                Interlocked.Increment(ref lives);
            }
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lives} lives, {broken} broken"));
        return Task.FromResult(broken == 0 ? 0 : 1);
    }

    private static bool Explore(double minutes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        var found = Exploration.All([.. QuorumWriteExplorations.Large, .. StrictExplorations.Large, .. ReapExplorations.Large, .. MoveExplorations.Large], limit.Token);
        foreach (var exploration in found)
            Console.WriteLine(exploration);
        return found.All(exploration => exploration.Broken.Count == 0);
    }

    private static bool Report(int seed, Func<int, IReadOnlyList<string>> live)
    {
        var broken = Lives.Live(seed, live);
        foreach (var law in broken)
            Console.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}: {law}");
        return broken.Count == 0;
    }

    private static bool Options(string[] args, out double minutes, out int? seed)
    {
        (minutes, seed) = (DefaultMinutes, null);
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            if (args[i] == "--minutes" && double.TryParse(args[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out minutes))
                continue;
            if (args[i] != "--seed" || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var named))
                return false;
            seed = named;
        }

        return args.Length % 2 == 0;
    }
}
