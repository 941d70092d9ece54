using System.Net.Http.Json;
using System.Text.Json;

namespace Serverless.Tests.Http;

public class HealthHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("api/health")]
    [InlineData("api/health/live")]
    public async Task Health_is_told_to_everyone_by_GET_and_HEAD(string path)
    {
        var answer = await cloud.Nobody.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
        Assert.Equal((200, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("Healthy", (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("status").GetString());

        var head = await cloud.Nobody.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Cancelled);
        Assert.Equal((200, "application/json"), ((int)head.StatusCode, head.Content.Headers.ContentType?.MediaType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task Health_tells_of_each_check()
    {
        var report = await cloud.Nobody.GetFromJsonAsync<JsonElement>(new Uri("api/health", UriKind.Relative), Cancelled);
        var tables = report.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "tables");
        Assert.Equal(("Healthy", "All 2 nodes in local-1 answer."), (tables.GetProperty("status").GetString(), tables.GetProperty("detail").GetString()));
    }
}
