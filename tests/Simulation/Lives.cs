using System.Collections.Concurrent;

namespace Serverless.Tests.Simulation;

/// <summary>Lives many lives of a scenario, on all processors.</summary>
internal static class Lives
{
    /// <summary>What was broken, each with the seed that breaks it again.</summary>
    public static IReadOnlyList<string> Broken(int first, int seeds, Func<int, IReadOnlyList<string>> live)
    {
        var broken = new ConcurrentBag<string>();
        AllProcessors.For(first, seeds, seed =>
        {
            foreach (var law in Live(seed, live))
                broken.Add($"seed {seed}: {law}");
        });
        return [.. broken.Order(StringComparer.Ordinal)];
    }

    /// <summary>One life; what it throws is broken too.</summary>
    public static IReadOnlyList<string> Live(int seed, Func<int, IReadOnlyList<string>> live)
    {
        try
        {
            return live(seed);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return [failure.ToString()];
        }
    }

    /// <summary>Lives on until a law that contains <paramref name="law"/> is broken: the first such line; fails when none is in so many lives.</summary>
    public static string UntilBroken(int seeds, string law, Func<int, IReadOnlyList<string>> live)
    {
        const int AtOnce = 20;
        for (var seed = 0; seed < seeds; seed += AtOnce)
        {
            if (Broken(seed, AtOnce, live).FirstOrDefault(b => b.Contains(law, StringComparison.Ordinal)) is { } noticed)
                return noticed;
        }

        Assert.Fail($"{seeds} lives and nobody noticed.");
        return "";
    }
}
