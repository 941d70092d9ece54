using System.Diagnostics;
using System.Text.Json;
using Serverless.Local.Cloud;

namespace Serverless.Tests.Limits;

/// <summary>Our headers, read by a public library that knows nothing of us: npm's ratelimit-header-parser.</summary>
public class HeaderParserTests(SharedCloud cloud)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_public_library_reads_what_we_say_of_the_limit()
    {
        var domain = await cloud.Service.DomainAsync("name: three, unit: hour, requests_per_unit: 3");
        var all = new List<Dictionary<string, string>>();
        for (var i = 0; i < 4; i++)
            all.Add(HeadersOf(await cloud.Service.CheckAsync(domain, "u")));
        var older = all.ConvertAll(headers => headers.Where(header => header.Key.StartsWith("x-", StringComparison.Ordinal)).ToDictionary());

        var read = await ReadAsync([.. all, .. older]);

        Assert.Equal([2, 1, 0, 0, 2, 1, 0, 0], read.Select(limit => limit.Remaining));
        Assert.All(read, limit => Assert.Equal((3, 3 - limit.Remaining), (limit.Limit, limit.Used)));
        Assert.All(read, limit => Assert.InRange(limit.Reset, 3_500, 3_700));
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage answer) =>
        answer.Headers.Where(header => header.Key.Contains("RateLimit", StringComparison.OrdinalIgnoreCase)).ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value));

    private static async Task<IReadOnlyList<ReadLimit>> ReadAsync(IReadOnlyList<Dictionary<string, string>> headers)
    {
        var folder = Directory.CreateTempSubdirectory("serverless-parser-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/Limits/Headers/parser")))
                File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            await RunAsync(new ProcessStartInfo(NodeRuntime.Npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = folder.FullName });
            var output = await RunAsync(new ProcessStartInfo("node", ["parse.mjs", JsonSerializer.Serialize(headers)]) { WorkingDirectory = folder.FullName });
            return JsonSerializer.Deserialize<List<ReadLimit>>(output, Json)!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        var (exitCode, output) = await NodeRuntime.RunAsync(start, Cancelled);
        Assert.True(exitCode == 0, output);
        return output;
    }

    private sealed record ReadLimit(int Limit, int Used, int Remaining, int Reset);
}
