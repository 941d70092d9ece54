using System.Globalization;

namespace Serverless.Tests.EndToEnd;

/// <summary>What happened when, counted from a region's death: printed for people, and judged.</summary>
internal sealed class DrillTimeline
{
    // Not more often: what is looked at costs the machine that is watched.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly List<(TimeSpan At, string What)> _lines = [];
    private TimeSpan _death;

    public DrillTimeline() => Failures = new FailureLog(() => TimeProvider.System.GetElapsedTime(_began));

    public FailureLog Failures { get; }

    /// <summary>The failures after the death, in their order, counted from it.</summary>
    public IReadOnlyList<Failure> FailuresSince =>
        [.. Failures.All.Select(failure => failure with { At = failure.At - _death }).Where(failure => failure.At >= TimeSpan.Zero).OrderBy(failure => failure.At)];

    /// <summary>The time counts from here.</summary>
    public void Begin(string what)
    {
        _death = TimeProvider.System.GetElapsedTime(_began);
        _lines.Add((TimeSpan.Zero, what));
    }

    /// <summary>Waits until something is so, and notes when it was; what fails on the way is asked again.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo, string what, TimeSpan limit)
    {
        var asked = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Look, TimeProvider.System);
        while (!await TriedAsync(isSo))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(asked) < limit, $"Not within {limit.TotalSeconds:0} s: {what}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        _lines.Add((TimeProvider.System.GetElapsedTime(_began) - _death, what));
    }

    public void Print()
    {
        var failures = FailuresSince;
        var lines = _lines.ToList();
        if (failures.Count > 0)
        {
            lines.Add((failures[0].At, $"the first failure that a client sees ({failures[0].Room}: {failures[0].What})"));
            lines.Add((failures[^1].At, $"the last one ({failures[^1].Room}: {failures[^1].What})"));
        }

        foreach (var (at, what) in lines.OrderBy(line => line.At))
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at.TotalSeconds,6:0.00} s  {what}"));
        if (Failures.Slowest is { Took: var took, At: var answered, Room: { } room })
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the slowest answer: {room}, {took.TotalSeconds:0.0} s, at {(answered - _death).TotalSeconds:0.0} s"));
        var slices = failures.CountBy(failure => (int)(failure.At / Slice)).OrderBy(slice => slice.Key).Select(slice => string.Create(CultureInfo.InvariantCulture, $"{slice.Value} from {slice.Key * Slice.TotalSeconds:0} s"));
        TestContext.Current.TestOutputHelper?.WriteLine($"by time: {string.Join(", ", slices)}");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Failures.All.Count - failures.Count} failures before, {failures.Count} after: {string.Join(", ", failures.CountBy(failure => $"{failure.Room} {failure.What}").Select(one => $"{one.Value} × {one.Key}"))}");
    }

    private static async Task<bool> TriedAsync(Func<Task<bool>> isSo)
    {
        try
        {
            return await isSo();
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
