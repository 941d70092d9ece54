using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

public class CapacityHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_estimate_gives_every_figure_with_its_formula()
    {
        using var operators = await cloud.AsUserAsync("capacity-operator", "operator");
        foreach (var client in new[] { cloud.Service, operators })
        {
            var answer = await EstimateAsync(client, LoadExamples.Find("twitter")!);
            var traffic = answer.GetProperty("groups").EnumerateArray().Single(group => group.GetProperty("name").GetString() == "Traffic");
            var posts = traffic.GetProperty("figures").EnumerateArray().Single(figure => figure.GetProperty("name").GetString() == "posts: written");
            Assert.Equal((3_472.22m, "/s"), (posts.GetProperty("value").GetDecimal(), posts.GetProperty("unit").GetString()));
            Assert.Equal("150,000,000 users × 2 posts / 86,400 s = 3,472.22 /s", posts.GetProperty("formula").GetString());
            Assert.Equal("Worker ids of a region", answer.GetProperty("firstAtTenfold")[0].GetString());
            Assert.Equal(3, answer.GetProperty("size").GetProperty("nodesPerRegion").GetInt32());
        }
    }

    [Fact]
    public async Task What_is_left_out_has_its_default()
    {
        var brief = "{\"users\": {\"daily\": 1000}, \"services\": {\"chat\": {\"actionsPerUserPerDay\": 1}}, \"regions\": [{\"location\": \"koreacentral\"}]}";
        var whole = """
            {"name": "svplan", "users": {"daily": 1000, "monthly": null}, "services": {"chat": {"actionsPerUserPerDay": 1, "bytesPerItem": 200, "readsPerWrite": 2, "mediaShare": 0, "mediaBytes": 0,
            "connectedShare": 0.1, "readers": 1}}, "regions": [{"location": "koreacentral", "role": "stamp", "zones": true}], "peakFactor": 2, "retentionYears": 5, "copies": 3, "frontDoor": "standard",
            "isolated": false, "signalR": "standard"}
            """;
        Assert.Equal((await EstimateAsync(cloud.Service, whole)).GetRawText(), (await EstimateAsync(cloud.Service, brief)).GetRawText());
    }

    [Fact]
    public async Task The_references_are_given_with_their_sources()
    {
        var book = await cloud.Service.GetFromJsonAsync<JsonElement>(new Uri("api/capacity/references", UriKind.Relative), Cancelled);
        Assert.Equal(["powers", "latencies", "nines", "serviceLevels", "limits", "prices", "assumptions", "recipes"], book.EnumerateObject().Select(part => part.Name));
        Assert.Equal(ListPrices.AsOf, book.GetProperty("prices").GetProperty("asOf").GetString());
        Assert.Equal(ReferenceBook.Current.Prices.Rows.Count, book.GetProperty("prices").GetProperty("rows").GetArrayLength());
        Assert.Equal(["posts", "kv", "chat", "notifications", "ids", "limits"], book.GetProperty("recipes").EnumerateArray().Select(recipe => recipe.GetProperty("name").GetString()));
        Assert.Equal(["name", "value", "unit", "source"], book.GetProperty("limits")[0].EnumerateObject().Select(field => field.Name));
    }

    private static async Task<JsonElement> EstimateAsync(HttpClient client, string load)
    {
        var answer = await client.PostAsync(
            new Uri("api/capacity/estimate", UriKind.Relative), new StringContent(load, Encoding.UTF8, new MediaTypeHeaderValue("application/json")), Cancelled);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }
}
