using Microsoft.Extensions.DependencyInjection;
using Serverless.Ids;
using Serverless.Local.Cloud;
using Serverless.Local.Head;

namespace Serverless.Bench.Ids;

/// <summary><c>bench ids</c>: what an id costs, beside the textbook's generator and .NET's own ids, and how many there are in a second.</summary>
internal static class IdsBench
{
    /// <summary>The first argument of a process that <see cref="Generate"/> runs.</summary>
    public const string Generator = "generate";

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [Generator, ..])
            return Generate.Run(args[1..]);

        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        await using var head = await CloudHead.StartAsync(cloud, 0, null, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = head.Address };
        client.DefaultRequestHeaders.Add("X-App-Key", CloudHead.AppKey);
        client.DefaultRequestHeaders.Add("X-App-Secret", CloudHead.AppSecret);

        var ratios = new Ratios();
        Contention.Measure(ratios);
        IssueCost.Measure(head.Services.GetRequiredService<Uuid7Generator>(), ratios);
        await SustainedRate.MeasureAsync(head.Services.GetRequiredService<SnowflakeSource>(), head.Services.GetRequiredService<SnowflakeLayout>(), ratios);
        await HttpRate.PrintAsync(client);
        return ratios.ExitCode;
    }
}
