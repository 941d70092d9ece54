using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Idempotency;

namespace Serverless.Tests.Idempotency;

/// <summary>A key names one request of one caller, which takes effect once.</summary>
public class OneEffectTests
{
    [Fact]
    public void The_same_request_again_is_answered_as_before_and_marked() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http =>
        {
            http.Response.Headers.Location = "/api/things/7";
            http.Response.Headers["RateLimit"] = "\"a\";r=1";
            return Results.Json(new { id = "7" }, statusCode: 201).ExecuteAsync(http);
        };
        var first = await rig.SendAsync();
        Assert.Equal((201, """{"id":"7"}""", false), (first.Status, first.Body, first.IsReplay));
        foreach (var instance in (IdempotentRequests[])[rig.Here, rig.There, rig.Instance(3)])
        {
            var again = await rig.SendAsync(instance);
            Assert.Equal((201, first.Body, true), (again.Status, again.Body, again.IsReplay));
            Assert.Equal(
                first.Headers.Where(h => h.Key != "X-Request-Id").OrderBy(h => h.Key),
                again.Headers.Where(h => h.Key is not ("X-Request-Id" or "Idempotency-Replay")).OrderBy(h => h.Key));
            Assert.NotEqual(first.Headers["X-Request-Id"], again.Headers["X-Request-Id"]);
        }

        Assert.Equal(1, rig.Runs);
    });

    [Fact]
    public void Sent_to_many_instances_at_once_it_runs_once() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http => rig.TakeAsync(TimeSpan.FromMilliseconds(rig.Simulator.Random.Next(50)), http);
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => rig.SendAsync(rig.Instance(i))));
        Assert.Equal(1, rig.Runs);
        Assert.Single(answers, answer => answer is { Status: 200, IsReplay: false });
        Assert.All(answers, answer => Assert.True(answer.Status == 200 ? answer.Body == "run 1" : (answer.Problem, answer.Headers["Retry-After"]) == ("idempotency-in-flight", "1")));
        Assert.True((await rig.SendAsync()).IsReplay);
    }, orders: 50);

    [Fact]
    public void While_it_runs_the_same_request_is_told_to_ask_again_and_another_that_the_key_is_used() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http => rig.TakeAsync(TimeSpan.FromSeconds(30), http);
        var first = rig.SendAsync();
        await rig.Simulator.Delay(TimeSpan.FromSeconds(10));
        var same = await rig.SendAsync(rig.There);
        Assert.Equal((409, "idempotency-in-flight", "1"), (same.Status, same.Problem, same.Headers["Retry-After"]));
        var other = await rig.SendAsync(rig.There, http => IdempotencyRig.SetBody(http, "c"));
        Assert.Equal((422, "idempotency-key-reused"), (other.Status, other.Problem));
        Assert.Equal("run 1", (await first).Body);
        Assert.Equal(("run 1", true), (await rig.SendAsync(rig.There)) is var again ? (again.Body, again.IsReplay) : default);
    });

    [Theory]
    [InlineData("body")]
    [InlineData("query")]
    [InlineData("content type")]
    public void A_key_that_was_used_for_another_request_is_refused(string difference) => IdempotencyRig.Play(async rig =>
    {
        await rig.SendAsync();
        var other = await rig.SendAsync(rig.There, http =>
        {
            switch (difference)
            {
                case "body": IdempotencyRig.SetBody(http, "bb"); break;
                case "query": http.Request.QueryString = new QueryString("?count=2"); break;
                default: http.Request.ContentType = "text/html"; break;
            }
        });
        Assert.Equal((422, "idempotency-key-reused"), (other.Status, other.Problem));
        Assert.Equal((1, true), (rig.Runs, (await rig.SendAsync()).IsReplay));
    }, orders: 1);

    [Fact]
    public void Keys_of_others_and_of_other_routes_are_other_keys() => IdempotencyRig.Play(async rig =>
    {
        await rig.SendAsync();
        Answer[] others =
        [
            await rig.SendAsync(caller: new Caller.Service("bank")),
            await rig.SendAsync(caller: new Caller.User("shop", new HashSet<string>())),
            await rig.SendAsync(change: http => http.Request.RouteValues["thing"] = "b"),
            await rig.SendAsync(change: http => http.Request.RouteValues["thin"] = "ga"),
            await rig.SendAsync(function: "things-mend"),
            await rig.SendAsync(change: http => http.Request.Headers["Idempotency-Key"] = "K"),
        ];
        Assert.Equal(["run 2", "run 3", "run 4", "run 5", "run 6", "run 7"], others.Select(answer => answer.Body));
        Assert.DoesNotContain(others, answer => answer.IsReplay);
    }, orders: 1);

    [Fact]
    public void The_function_reads_the_body_that_was_sent() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = async http => await Results.Text(await new StreamReader(http.Request.Body).ReadToEndAsync()).ExecuteAsync(http);
        Assert.Equal("b", (await rig.SendAsync()).Body);
    }, orders: 1);

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData("a\u0085b")]
    [InlineData("a", "a")]
    [InlineData("LONG")]
    public void A_bad_key_is_refused_and_nothing_stored(params string[] key) => IdempotencyRig.Play(async rig =>
    {
        var answer = await rig.SendAsync(change: http => http.Request.Headers["Idempotency-Key"] = key is ["LONG"] ? new string('a', 256) : key);
        Assert.Equal((400, "bad-idempotency-key", 0, 0), (answer.Status, answer.Problem, rig.Runs, rig.Calls));
    }, orders: 1);

    [Theory]
    [InlineData("a")]
    [InlineData("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")]
    [InlineData("키 é ~")]
    [InlineData("LONG")]
    public void Any_other_key_is_taken_as_it_is(string key) => IdempotencyRig.Play(async rig =>
    {
        key = key == "LONG" ? new string('a', 255) : key;
        Assert.Equal("run 1", (await rig.SendAsync(change: http => http.Request.Headers["Idempotency-Key"] = key)).Body);
        Assert.True((await rig.SendAsync(change: http => http.Request.Headers["Idempotency-Key"] = key)).IsReplay);
    }, orders: 1);

    [Fact]
    public void A_body_that_is_too_long_is_refused_and_nothing_stored() => IdempotencyRig.Play(async rig =>
    {
        var answer = await rig.SendAsync(change: http => IdempotencyRig.SetBody(http, new string('b', KeyedRequest.MostBodyBytes + 1)));
        Assert.Equal((413, "too-large", 0, 0), (answer.Status, answer.Problem, rig.Runs, rig.Calls));
        Assert.Equal(200, (await rig.SendAsync(change: http => IdempotencyRig.SetBody(http, new string('b', KeyedRequest.MostBodyBytes)))).Status);
    }, orders: 1);
}
