using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Tests.Http;

namespace Serverless.Tests.Limits;

public class ReplayTests
{
    private static readonly TimeSpan SoonEnough = TimeSpan.FromSeconds(30);
    private static readonly string[] Operator = ["operator"];

    private const string Calm = """
        domain: api
        descriptors:
          - key: user
            value: tess
            descriptors:
              - { key: class, value: kv, rate_limit: { name: calm, unit: second, unit_multiplier: 2, requests_per_unit: 1, queued: true } }
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_too_much_is_put_off_and_carried_out_once_when_the_limit_lets_it()
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true }, cancellationToken: Cancelled);
        await using var head = await CloudHead.StartAsync(cloud, 0, null, Cancelled);
        using var service = SharedCloud.AsService(head.Address);
        (await service.PutRulesAsync("api", Calm)).EnsureSuccessStatusCode();
        using var tess = await UserAsync(service, "tess");
        using var other = await UserAsync(service, "other");

        Uri? status = null;
        var number = 0;
        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await PutAsync(tess, $"put-off-{++number}");
            status = answer.StatusCode == HttpStatusCode.Accepted ? answer.Headers.Location : null;
            return status is not null;
        }, "a request is put off", SoonEnough);

        var done = default(JsonElement);
        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await tess.GetAsync(status, Cancelled);
            done = answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled) : default;
            return done.ValueKind == JsonValueKind.Object && done.GetProperty("status").GetString() == "done";
        }, "it was carried out", SoonEnough);

        Assert.Equal(204, done.GetProperty("answer").GetProperty("status").GetInt32());
        Assert.Equal($"value of put-off-{number}", await service.GetStringAsync(new Uri($"api/kv/put-off-{number}", UriKind.Relative), Cancelled));
        await AssertProblem.IsAsync(await other.GetAsync(status, Cancelled), 404, "unknown-replay");
        await AssertProblem.IsAsync(await other.GetAsync(new Uri("api/replays/none", UriKind.Relative), Cancelled), 404, "unknown-replay");
    }

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, string key) =>
        client.PutAsync(new Uri($"api/kv/{key}", UriKind.Relative), new StringContent($"value of {key}", Encoding.UTF8, "text/plain"), Cancelled);

    private static async Task<HttpClient> UserAsync(HttpClient service, string user)
    {
        using var answer = await service.PostAsJsonAsync(new Uri("api/dev/token", UriKind.Relative), new { user, roles = Operator }, Cancelled);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("accessToken").GetString();
        return new HttpClient { BaseAddress = service.BaseAddress, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
    }
}
