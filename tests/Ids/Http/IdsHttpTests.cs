using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Tests.Http;

namespace Serverless.Tests.Ids;

public class IdsHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("?count=1", 1)]
    [InlineData("?count=10000", 10_000)]
    [InlineData("", 1)]
    [InlineData("?strategy=uuid7&count=10000", 10_000)]
    [InlineData("?strategy=uuid4&count=10000", 10_000)]
    [InlineData("?strategy=ticket&count=10000&name=http-many", 10_000)]
    [InlineData("?strategy=multimaster&count=10000&name=http-many", 10_000)]
    [InlineData("?strategy=ticket&name=Az09._-", 1)]
    public async Task As_many_different_ids_as_were_asked_for_are_answered_as_strings(string query, int count)
    {
        var ids = await IssueAsync(query);
        Assert.Equal((count, count), (ids.Count, ids.Distinct().Count()));
    }

    [Theory]
    [InlineData("snowflake")]
    [InlineData("uuid7")]
    public async Task Ids_that_sort_by_time_are_greater_than_all_that_were_answered_before(string strategy)
    {
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
            ids.AddRange(await IssueAsync($"?strategy={strategy}&count=500"));
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task Tickets_count_from_one_and_masters_interleave_by_region()
    {
        Assert.Equal(["1", "2", "3"], await IssueAsync("?strategy=ticket&count=3&name=http-count"));
        Assert.Equal(["4", "5"], await IssueAsync("?strategy=ticket&count=2&name=http-count"));
        Assert.Equal(["1", "9", "17"], await IssueAsync("?strategy=multimaster&count=3&name=http-count"));
    }

    [Fact]
    public async Task A_snowflake_tells_when_and_where_it_was_issued()
    {
        var before = TimeProvider.System.GetUtcNow();
        var ids = await IssueAsync("?count=5000");
        var first = await DecodeAsync(ids[0]);
        Assert.Equal(("snowflake", 0, "local-1"), (first.GetProperty("strategy").GetString(), first.GetProperty("datacenter").GetInt32(), first.GetProperty("region").GetString()));
        Assert.InRange(first.GetProperty("worker").GetInt32(), 0, 127);
        Assert.InRange(first.GetProperty("time").GetDateTimeOffset(), before.AddMilliseconds(-1), before.AddSeconds(5));
        Assert.Equal(TimeSpan.Zero, first.GetProperty("time").GetDateTimeOffset().Offset);

        var last = await DecodeAsync(ids[^1]);
        Assert.Equal(first.GetProperty("worker").GetInt32(), last.GetProperty("worker").GetInt32());
        Assert.Equal((first.GetProperty("sequence").GetInt32() + 4_999) % 4_096, last.GetProperty("sequence").GetInt32());
    }

    [Fact]
    public async Task Every_other_id_tells_what_it_carries()
    {
        var now = TimeProvider.System.GetUtcNow();
        var ordered = await DecodeAsync((await IssueAsync("?strategy=uuid7"))[0]);
        Assert.Equal("uuid7", ordered.GetProperty("strategy").GetString());
        Assert.InRange(ordered.GetProperty("time").GetDateTimeOffset(), now.AddMilliseconds(-1), now.AddSeconds(5));

        var drawn = await DecodeAsync((await IssueAsync("?strategy=uuid4"))[0].ToUpperInvariant());
        Assert.Equal(["id", "strategy"], drawn.EnumerateObject().Select(member => member.Name));
        Assert.Equal("uuid4", drawn.GetProperty("strategy").GetString());
        Assert.Equal("sequence", (await DecodeAsync((await IssueAsync("?strategy=ticket&name=http-decode"))[0])).GetProperty("strategy").GetString());
    }

    [Fact]
    public async Task Two_callers_at_once_never_get_the_same()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => IssueAsync(i % 2 == 0 ? "?count=1000" : "?strategy=ticket&count=1000&name=http-both")));
        Assert.Equal(8_000, all.Where((_, i) => i % 2 == 0).SelectMany(ids => ids).Distinct().Count());
        var tickets = all.Where((_, i) => i % 2 == 1).SelectMany(ids => ids).Select(id => long.Parse(id, CultureInfo.InvariantCulture)).Order().ToList();
        Assert.Equal(8_000, tickets.Distinct().Count());
    }

    [Theory]
    [InlineData("POST", "api/ids")]
    [InlineData("GET", "api/ids/7")]
    public async Task Services_and_operators_may_and_nobody_else(string method, string path)
    {
        await AssertProblem.IsAsync(await cloud.Nobody.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancelled), 401, "unauthenticated");
        using var user = await cloud.AsUserAsync("uma");
        await AssertProblem.IsAsync(await user.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancelled), 403, "forbidden");
        using var someOperator = await cloud.AsUserAsync("olga", "operator");
        Assert.Equal(HttpStatusCode.OK, (await someOperator.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Health_says_how_long_snowflakes_last()
    {
        var report = await cloud.Nobody.GetFromJsonAsync<JsonElement>(new Uri("api/health", UriKind.Relative), Cancelled);
        var ids = report.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "ids");
        Assert.Equal(("Healthy", "Snowflakes of this epoch last until 2094-09-07."), (ids.GetProperty("status").GetString(), ids.GetProperty("detail").GetString()));
    }

    private async Task<IReadOnlyList<string>> IssueAsync(string query)
    {
        var answer = await cloud.Service.PostAsync(new Uri($"api/ids{query}", UriKind.Relative), null, Cancelled);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal(["ids"], body.EnumerateObject().Select(member => member.Name));
        return [.. body.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)];
    }

    private async Task<JsonElement> DecodeAsync(string id)
    {
        var decoded = await cloud.Service.GetFromJsonAsync<JsonElement>(new Uri($"api/ids/{id}", UriKind.Relative), Cancelled);
        Assert.Equal(id, decoded.GetProperty("id").GetString());
        return decoded;
    }
}
