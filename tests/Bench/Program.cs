namespace Serverless.Bench;

/// <summary>
/// <c>dotnet run -c Release --project tests/Bench -- NAME [arguments]</c>: exit code 1 when a promise is broken, 2 when there
/// is no such benchmark.
/// </summary>
public static class Program
{
    private static readonly SortedDictionary<string, Func<string[], Task<int>>> Benchmarks = new(StringComparer.Ordinal)
    {
        ["chat"] = Chat.ChatBench.RunAsync,
        ["ids"] = Ids.IdsBench.RunAsync,
        ["kv"] = Kv.KvBench.RunAsync,
        ["limits"] = Limits.LimitsBench.RunAsync,
        ["move"] = Move.MoveBench.RunAsync,
        ["notifications"] = Notifications.NotificationsBench.RunAsync,
        ["page"] = Page.PageBench.RunAsync,
        ["repair"] = Repair.RepairBench.RunAsync,
        ["ring"] = RingBench.RunAsync,
        ["soak"] = Soak.RunAsync,
        ["strict"] = Strict.StrictBench.RunAsync,
        ["wan"] = Wan.WanBench.RunAsync,
    };

    public static async Task<int> Main(string[] args)
    {
        if (args.Length > 0 && Benchmarks.TryGetValue(args[0], out var run))
            return await run(args[1..]);

        await Console.Error.WriteLineAsync($"Name one of the benchmarks: {string.Join(", ", Benchmarks.Keys)}.");
        return 2;
    }
}
