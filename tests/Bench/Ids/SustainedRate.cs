using System.Diagnostics;
using System.Globalization;
using Serverless.Ids;

namespace Serverless.Bench.Ids;

/// <summary>How fast one thread gets ids on the real clock, beside the 4,096 a millisecond of the format: for long, and at first.</summary>
internal static class SustainedRate
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(50);

    // Longer than ids may be borrowed ahead.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1.5);

    public static async Task MeasureAsync(SnowflakeSource source, SnowflakeLayout layout, Ratios ratios)
    {
        // The first needs a worker id. When the next is refused it is ahead as far as it may: from there on only the clock makes room.
        await source.FillAsync(new Snowflake[1], CancellationToken.None);
        await TakeAsync(source, _ => source.TryNext(out var _));
        var (ids, took) = await TakeAsync(source, passed => passed < Long);
        ratios.AtLeast("ids.sustained.of.limit", ids / (took.TotalMilliseconds * layout.PerMillisecond), 0.97);

        await Task.Delay(Idle, TimeProvider.System);
        (ids, took) = await TakeAsync(source, passed => passed < Burst);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"after a pause, {took.TotalMilliseconds:0} ms at {ids / (took.TotalMilliseconds * layout.PerMillisecond):0.0} times the limit, by borrow-ahead"));
    }

    // Begins where the last id has just been refused or issued, and so ends.
    private static async Task<(long Ids, TimeSpan Took)> TakeAsync(SnowflakeSource source, Predicate<TimeSpan> goesOn)
    {
        const int Between = 500;
        var (ids, start, one) = (0L, Stopwatch.GetTimestamp(), new Snowflake[1]);
        while (goesOn(Stopwatch.GetElapsedTime(start)))
        {
            for (var i = 0; i < Between; i++, ids++)
            {
                if (!source.TryNext(out _) && await source.FillAsync(one, CancellationToken.None) is { } refusal)
                    throw new InvalidOperationException($"An id was refused: {refusal}");
            }
        }

        return (ids, Stopwatch.GetElapsedTime(start));
    }
}
