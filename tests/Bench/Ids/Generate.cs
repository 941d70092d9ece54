using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Ids;

namespace Serverless.Bench.Ids;

/// <summary>
/// <c>ids generate FILE FIRST LANE</c>, for a test that kills it: issues ids without end, on two threads, one by one and many at once, and marks them in the file, until its input ends, as it does when the parent dies.
/// Settings come from the environment. Exit code 1 when an id is wrong, with a line that says why.
/// </summary>
internal static class Generate
{
    // More than one millisecond has.
    private const int LargestBatch = 6_000;
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(50);

    public static int Run(string[] args)
    {
        var first = int.Parse(args[2], CultureInfo.InvariantCulture);
        using var marked = new MarkedIds(args[0], long.Parse(args[1], CultureInfo.InvariantCulture));
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        using var services = new ServiceCollection().AddLogging().AddServerless(configuration).BuildServiceProvider();
        var source = services.GetRequiredService<SnowflakeSource>();
        var (lane, other, one) = (new Lane(marked, first), new Lane(marked, first + 1), new Snowflake[1]);
        while (!Fill(source, one))
        {
        }

        lane.Mark(one[0]);

        // From here on everybody else goes first: the storage, those that start, other tests. On Linux this goes for this thread and those that it starts.
        using (var self = Process.GetCurrentProcess())
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        foreach (var work in (Action[])[() => OneByOne(source, lane), () => InBatches(source, other, new Random(first))])
            new Thread(() => work()) { IsBackground = true }.Start();

        while (Console.In.Read() >= 0)
        {
        }

        // At once: the threads are at work with what would be disposed of.
        Environment.Exit(0);
        return 0;
    }

    private static void OneByOne(SnowflakeSource source, Lane lane)
    {
        var one = new Snowflake[1];
        while (true)
        {
            while (source.TryNext(out var id))
                lane.Mark(id);
            if (Fill(source, one))
                lane.Mark(one[0]);
        }
    }

    private static void InBatches(SnowflakeSource source, Lane lane, Random random)
    {
        var most = new Snowflake[LargestBatch];
        while (true)
        {
            var some = most.AsMemory(0, random.Next(1, LargestBatch + 1));
            if (!Fill(source, some))
                continue;
            foreach (var id in some.Span)
                lane.Mark(id);
        }
    }

    private static bool Fill(SnowflakeSource source, Memory<Snowflake> ids)
    {
        if (source.FillAsync(ids, CancellationToken.None).AsTask().GetAwaiter().GetResult() is null)
            return true;
        Task.Delay(PauseAfterRefusal, TimeProvider.System).GetAwaiter().GetResult();
        return false;
    }

    /// <summary>What one thread is issued: each id above the one before.</summary>
    private sealed class Lane(MarkedIds marked, int number)
    {
        private long _last;

        public void Mark(Snowflake id)
        {
            var wrong = id.Value > _last ? marked.Mark(number, id) : marked.Fault(number, $"not above {_last}, the one before: {id}");
            _last = id.Value;
            if (wrong is null)
                return;
            Console.WriteLine(wrong);
            Environment.Exit(1);
        }
    }
}
