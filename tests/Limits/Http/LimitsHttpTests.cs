using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Tests.Http;

namespace Serverless.Tests.Limits;

public class LimitsHttpTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_limit_admits_what_it_promises_and_says_how_it_stands()
    {
        var domain = await cloud.Service.DomainAsync("name: three, unit: hour, requests_per_unit: 3");
        for (var left = 2; left >= 0; left--)
        {
            var admitted = await cloud.Service.CheckAsync(domain, "u1");
            Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
            Assert.Equal("\"three\";q=3;w=3600", Header(admitted, "RateLimit-Policy"));
            Assert.StartsWith($"\"three\";r={left};t=", Header(admitted, "RateLimit"), StringComparison.Ordinal);
            Assert.Equal(("3", $"{left}"), (Header(admitted, "X-RateLimit-Limit"), Header(admitted, "X-RateLimit-Remaining")));
        }

        var refused = await cloud.Service.CheckAsync(domain, "u1");
        var problem = await AssertProblem.IsAsync(refused, 429, "rate-limited");
        Assert.Equal("three", problem.GetProperty("rule").GetString());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 3_500, 3_700);
        Assert.StartsWith("\"three\";r=0;t=", Header(refused, "RateLimit"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u2")).StatusCode);
    }

    [Fact]
    public async Task A_dry_run_uses_nothing_and_a_refusal_neither()
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 5");
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u", cost: 5, dryRun: true)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u", cost: 3)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await cloud.Service.CheckAsync(domain, "u", cost: 3)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await cloud.Service.CheckAsync(domain, "u", cost: 3, dryRun: true)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u", cost: 2)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u", cost: 0)).StatusCode);
    }

    [Fact]
    public async Task Of_several_limits_all_are_used_or_none()
    {
        var domain = $"test-{Guid.CreateVersion7():n}";
        (await cloud.Service.PutRulesAsync(domain, $$$"""
            {"domain":"{{{domain}}}","descriptors":[
              {"key":"user","rate_limit":{"name":"user","unit":"hour","requests_per_unit":10},"descriptors":[
                {"key":"path","value":"/search","rate_limit":{"name":"search","unit":"hour","requests_per_unit":2}}]},
              {"key":"address","rate_limit":{"name":"address","unit":"hour","requests_per_unit":20}}]}
            """, "application/json")).EnsureSuccessStatusCode();
        object user = new { key = "user", value = "u" };
        object search = new { entries = new[] { new { key = "user", value = "u" }, new { key = "path", value = "/search" } } };
        object address = new { key = "address", value = "192.0.2.1" };
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await cloud.Service.PostAsync(domain, "check", new { descriptors = new[] { user, search, address } })).StatusCode);
        for (var i = 0; i < 3; i++)
            await AssertProblem.IsAsync(await cloud.Service.PostAsync(domain, "check", new { descriptors = new[] { user, search, address } }), 429, "rate-limited");
        Assert.Equal(8, await RemainingAsync(domain, user, cost: 0, probe: 8));
        Assert.Equal(18, await RemainingAsync(domain, address, cost: 0, probe: 18));
    }

    [Fact]
    public async Task What_was_reserved_and_not_used_is_given_back_once()
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 10, algorithm: token_bucket");
        var descriptors = new[] { new { key = "user", value = "u" } };
        var reserved = await cloud.Service.PostAsync(domain, "reserve", new { descriptors, cost = 8 });
        Assert.Equal(HttpStatusCode.OK, reserved.StatusCode);
        var reservation = (await reserved.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("reservation").GetString();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await cloud.Service.CheckAsync(domain, "u", cost: 5)).StatusCode);

        await AssertProblem.IsAsync(await cloud.Service.PostAsync(domain, "settle", new { reservation, used = 9 }), 422, "used-above-reservation");
        Assert.Equal(HttpStatusCode.OK, (await cloud.Service.PostAsync(domain, "settle", new { reservation, used = 3 })).StatusCode);
        await AssertProblem.IsAsync(await cloud.Service.PostAsync(domain, "settle", new { reservation, used = 0 }), 404, "reservation-gone");
        var last = "";
        await Eventually.HoldsAsync(
            async () =>
            {
                var answer = await cloud.Service.CheckAsync(domain, "u", cost: 6);
                last = $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancelled)}";
                return answer.StatusCode == HttpStatusCode.OK;
            },
            () => $"what was given back can be had; last was answered {last}", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_queue_that_delays_tells_each_its_turn_and_ends()
    {
        var domain = await cloud.Service.DomainAsync("unit: minute, requests_per_unit: 6, algorithm: leaking_bucket, burst: 3, delays: true");
        var delays = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var body = await (await cloud.Service.CheckAsync(domain, "u")).Content.ReadFromJsonAsync<JsonElement>(Cancelled);
            delays.Add(body.TryGetProperty("delay", out var delay) ? delay.GetDouble() : 0);
        }

        Assert.Equal([0, 10, 20], delays.Select(delay => Math.Round(delay / 5) * 5));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await cloud.Service.CheckAsync(domain, "u")).StatusCode);
    }

    [Fact]
    public async Task A_rule_in_shadow_refuses_nobody()
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 1, shadow_mode: true");
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await cloud.Service.CheckAsync(domain, "u")).StatusCode);
    }

    // The largest cost that a dry run admits.
    private async Task<long> RemainingAsync(string domain, object descriptor, long cost, long probe)
    {
        for (var asked = probe + 1; asked > cost; asked--)
        {
            if ((await cloud.Service.PostAsync(domain, "check", new { descriptors = new[] { descriptor }, cost = asked, dryRun = true })).StatusCode == HttpStatusCode.OK)
                return asked;
        }

        return cost;
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
