using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Replication;

namespace Serverless.Bench.Kv;

/// <summary>What HTTP, authentication and the function around it add: the same reads and writes through a head, and in its process.</summary>
internal static class HttpCost
{
    private const int Calls = 300;

    public static async Task PrintAsync()
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        await using var head = await CloudHead.StartAsync(cloud, 0, null, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = head.Address };
        client.DefaultRequestHeaders.Add("X-App-Key", CloudHead.AppKey);
        client.DefaultRequestHeaders.Add("X-App-Secret", CloudHead.AppSecret);
        var store = head.Services.GetRequiredService<ReplicatedStore>();

        var rounds = new Rounds();
        for (var call = -50; call < Calls; call++)
        {
            if (call == 0)
                rounds.Clear();
            var (over, inside) = ($"over-{call}", new ReplicaKey("kv", $"inside-{call}"));
            await rounds.TimeAsync("put in process", () => store.WriteAsync(inside, Intent(store), QuorumRules.Default, CancellationToken.None));
            await rounds.TimeAsync("put over HTTP", async () => (await client.PutAsync(new Uri($"api/kv/{over}", UriKind.Relative), Body())).EnsureSuccessStatusCode().Dispose());
            await rounds.TimeAsync("get in process", () => store.ReadAsync(inside, QuorumRules.Default, CancellationToken.None));
            await rounds.TimeAsync("get over HTTP", () => client.GetByteArrayAsync(new Uri($"api/kv/{over}", UriKind.Relative)));
        }

        rounds.Print();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP adds        put x{rounds.Ratio("put over HTTP", "put in process"):0.00}   get x{rounds.Ratio("get over HTTP", "get in process"):0.00}"));
    }

    private static WriteIntent Intent(ReplicatedStore store) =>
        new(store.NewNonce(), CausalContext.Empty, "", new byte[256], DateTimeOffset.UnixEpoch);

    private static ByteArrayContent Body() => new(new byte[256]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
}
