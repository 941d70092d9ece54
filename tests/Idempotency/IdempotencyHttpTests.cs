using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Idempotency;
using Serverless.Local.Head;
using Serverless.Tests.Http;
using Serverless.Tests.Limits;
using Serverless.Tests.Local;

namespace Serverless.Tests.Idempotency;

/// <summary>Requests with an Idempotency-Key over HTTP, on real storage.</summary>
public class IdempotencyHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_request_again_is_answered_as_before_and_marked()
    {
        var (key, query) = (KeyedClient.NewKey(), KeyedClient.Tickets(3));
        using var first = await cloud.Service.PostKeyedAsync(query, key);
        using var again = await cloud.Service.PostKeyedAsync(query, key);
        Assert.Equal((HttpStatusCode.OK, false), (first.StatusCode, KeyedClient.IsReplay(first)));
        Assert.Equal((HttpStatusCode.OK, true), (again.StatusCode, KeyedClient.IsReplay(again)));
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancelled), await again.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(["1", "2", "3"], await KeyedClient.IdsAsync(again));
        Assert.Equal(["4", "5", "6"], await KeyedClient.IdsAsync(await cloud.Service.PostKeyedAsync(query, KeyedClient.NewKey())));
        await AssertProblem.IsAsync(await cloud.Service.PostKeyedAsync(query + "&count=4", key), 422, "idempotency-key-reused");
    }

    [Fact]
    public async Task Sent_many_times_at_once_it_takes_effect_once()
    {
        var (key, query) = (KeyedClient.NewKey(), KeyedClient.Tickets(1));
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => cloud.Service.PostKeyedAsync(query, key)));
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            await AssertProblem.IsAsync(answer, 409, "idempotency-in-flight");
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
        }

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK && !KeyedClient.IsReplay(answer));
        Assert.Equal(["2"], await KeyedClient.IdsAsync(await cloud.Service.PostKeyedAsync(query, KeyedClient.NewKey())));
    }

    [Fact]
    public async Task A_check_and_a_reservation_that_are_sent_again_use_a_limit_once_and_a_settlement_settles()
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 20, mode: exact");
        object body = new { descriptors = new[] { new { key = "user", value = "u" } }, cost = 4 };
        string[] keys = [KeyedClient.NewKey(), KeyedClient.NewKey(), KeyedClient.NewKey()];
        string? reservation = null;
        for (var i = 0; i < 2; i++)
        {
            using var check = await cloud.Service.PostKeyedAsync($"api/limits/{domain}/check", keys[0], JsonContent.Create(body));
            Assert.Equal((HttpStatusCode.OK, i == 1, "16"), (check.StatusCode, KeyedClient.IsReplay(check), check.Headers.GetValues("X-RateLimit-Remaining").Single()));
            using var reserve = await cloud.Service.PostKeyedAsync($"api/limits/{domain}/reserve", keys[1], JsonContent.Create(body));
            Assert.Equal((HttpStatusCode.OK, i == 1), (reserve.StatusCode, KeyedClient.IsReplay(reserve)));
            reservation = (await reserve.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("reservation").GetString();
            using var settle = await cloud.Service.PostKeyedAsync($"api/limits/{domain}/settle", keys[2], JsonContent.Create(new { reservation, used = 3 }));
            Assert.Equal((HttpStatusCode.OK, i == 1), (settle.StatusCode, KeyedClient.IsReplay(settle)));
        }

        await AssertProblem.IsAsync(
            await cloud.Service.PostKeyedAsync($"api/limits/{domain}/settle", keys[2], JsonContent.Create(new { reservation, used = 2 })), 422, "idempotency-key-reused");
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u", cost: 13)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await cloud.Service.CheckAsync(domain, "u")).StatusCode);
    }

    [Fact]
    public async Task A_refusal_that_asks_to_come_again_is_not_kept_and_any_other_is()
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 1, mode: exact");
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u")).StatusCode);
        var (spent, bad) = (KeyedClient.NewKey(), KeyedClient.NewKey());
        for (var i = 0; i < 2; i++)
        {
            using var refused = await cloud.Service.PostKeyedAsync(
                $"api/limits/{domain}/check", spent, JsonContent.Create(new { descriptors = new[] { new { key = "user", value = "u" } } }));
            await AssertProblem.IsAsync(refused, 429, "rate-limited");
            Assert.False(KeyedClient.IsReplay(refused));
            using var wrong = await cloud.Service.PostKeyedAsync("api/ids?count=0", bad);
            await AssertProblem.IsAsync(wrong, 400, "bad-count");
            Assert.Equal(i == 1, KeyedClient.IsReplay(wrong));
        }
    }

    [Fact]
    public async Task Callers_never_meet_each_others_keys()
    {
        var (key, query) = (KeyedClient.NewKey(), KeyedClient.Tickets(1));
        using var olga = await cloud.AsUserAsync("olga", "operator");
        using var local = await cloud.AsUserAsync(CloudHead.AppKey, "operator");
        HttpClient[] callers = [cloud.Service, olga, local];
        for (var i = 0; i < callers.Length; i++)
            Assert.Equal([$"{i + 1}"], await KeyedClient.IdsAsync(await callers[i].PostKeyedAsync(query, key)));
        await AssertProblem.IsAsync(await cloud.Nobody.PostKeyedAsync(query, key), 401, "unauthenticated");
    }

    [Fact]
    public async Task An_answer_that_is_too_long_to_be_kept_is_given_once()
    {
        var key = KeyedClient.NewKey();
        Assert.Equal(10_000, (await KeyedClient.IdsAsync(await cloud.Service.PostKeyedAsync("api/ids?strategy=uuid7&count=10000", key))).Count);
        var problem = await AssertProblem.IsAsync(await cloud.Service.PostKeyedAsync("api/ids?strategy=uuid7&count=10000", key), 409, "idempotency-result-too-large");
        Assert.Equal(200, problem.GetProperty("answered").GetInt32());
    }

    [Theory]
    [InlineData("Idempotency-Key:")]
    [InlineData("Idempotency-Key: a\nIdempotency-Key: a")]
    [InlineData("Idempotency-Key: a\u0001b")]
    public async Task A_bad_key_is_refused(string header)
    {
        var answer = await RawHttp.SendAsync(
            cloud.Head.Address.Port, $"POST /api/ids HTTP/1.1\nX-App-Key: {CloudHead.AppKey}\nX-App-Secret: {CloudHead.AppSecret}\nContent-Length: 0\n{header}");
        Assert.Equal(400, answer.Status);
        Assert.Contains("bad-idempotency-key", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_with_a_key_or_without()
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 5");
        foreach (var length in (int[])[KeyedRequest.MostBodyBytes + 1, 70 * 1024])
        {
            var key = KeyedClient.NewKey();
            for (var i = 0; i < 2; i++)
            {
                using var content = new ByteArrayContent(new byte[length]) { Headers = { ContentType = new("application/json") } };
                await AssertProblem.IsAsync(await cloud.Service.PostKeyedAsync($"api/limits/{domain}/check", key, content), 413, "too-large");
            }
        }
    }

    [Fact]
    public async Task Where_nothing_is_created_the_header_means_nothing()
    {
        var key = KeyedClient.NewKey();
        using var first = await cloud.Service.PutKeyedAsync("api/kv/idempotency-put", key, "one");
        using var second = await cloud.Service.PutKeyedAsync("api/kv/idempotency-put", key, "two");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (first.StatusCode, second.StatusCode));
        Assert.False(KeyedClient.IsReplay(second));
    }

    [Fact]
    public async Task The_timer_deletes_nothing_that_is_young()
    {
        var (key, query) = (KeyedClient.NewKey(), KeyedClient.Tickets(1));
        await cloud.Service.PostKeyedAsync(query, key);
        Assert.Equal(0, await cloud.Head.Services.GetRequiredService<IdempotencyExpiry>().RunAsync(Cancelled));
        Assert.True(KeyedClient.IsReplay(await cloud.Service.PostKeyedAsync(query, key)));
    }
}
