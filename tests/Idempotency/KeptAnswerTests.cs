using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Replication;

namespace Serverless.Tests.Idempotency;

/// <summary>Which answers are kept, how long, and how much of them.</summary>
public class KeptAnswerTests
{
    [Theory]
    [InlineData(400, null, true)]
    [InlineData(409, "1", true)]
    [InlineData(429, null, true)]
    [InlineData(429, "7", false)]
    [InlineData(500, null, true)]
    [InlineData(500, "1", true)]
    [InlineData(503, null, true)]
    [InlineData(503, "1", false)]
    public void Errors_are_kept_unless_they_ask_to_come_again(int status, string? retryAfter, bool kept) => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http =>
        {
            http.Response.Headers.RetryAfter = retryAfter;
            return Results.Text($"run {rig.Runs}", "text/plain", statusCode: status).ExecuteAsync(http);
        };
        Assert.Equal((status, "run 1"), (await rig.SendAsync()) is var first ? (first.Status, first.Body) : default);
        var again = await rig.SendAsync(rig.There);
        Assert.Equal((status, kept ? "run 1" : "run 2", kept), (again.Status, again.Body, again.IsReplay));
    }, orders: 2);

    [Fact]
    public void A_function_that_throws_is_answered_500_again_since_it_may_have_taken_effect() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http =>
        {
            http.Response.Headers.ETag = "\"half an answer\"";
            throw new InvalidOperationException("secret");
        };
        Assert.Equal((500, "internal-error"), (await rig.SendAsync()) is var first ? (first.Status, first.Problem) : default);
        var again = await rig.SendAsync(rig.There);
        Assert.Equal((500, "internal-error", true, 1), (again.Status, again.Problem, again.IsReplay, rig.Runs));
        Assert.DoesNotContain("ETag", again.Headers.Keys);
        Assert.DoesNotContain("secret", again.Body, StringComparison.Ordinal);
    }, orders: 2);

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(168)]
    public void Answers_are_kept_so_many_hours_from_when_they_were_given(int hours) => IdempotencyRig.Play(async rig =>
    {
        rig.Options.KeepHours = hours;
        rig.Function = http => rig.TakeAsync(TimeSpan.FromSeconds(20), http);
        await rig.SendAsync();
        await rig.Simulator.Delay(TimeSpan.FromHours(hours) - TimeSpan.FromSeconds(10));
        Assert.Equal(("run 1", true), (await rig.SendAsync()) is var kept ? (kept.Body, kept.IsReplay) : default);
        await rig.Simulator.Delay(TimeSpan.FromSeconds(11));
        Assert.Equal(("run 2", false), (await rig.SendAsync(change: http => IdempotencyRig.SetBody(http, "another"))) is var next ? (next.Body, next.IsReplay) : default);
    }, orders: 1);

    [Fact]
    public void An_answer_that_fits_no_register_is_given_once_and_then_named() => IdempotencyRig.Play(async rig =>
    {
        var body = new string('x', StrictRegisters.MaxValueBytes);
        rig.Function = http => Results.Text(body, statusCode: 201).ExecuteAsync(http);
        Assert.Equal((201, body), (await rig.SendAsync()) is var first ? (first.Status, first.Body) : default);
        var again = await rig.SendAsync(rig.There);
        Assert.Equal((409, "idempotency-result-too-large", 1), (again.Status, again.Problem, rig.Runs));
        Assert.Equal(201, JsonDocument.Parse(again.Body).RootElement.GetProperty("answered").GetInt32());
    }, orders: 2);

    [Fact]
    public void A_long_answer_that_fits_is_kept_to_the_byte() => IdempotencyRig.Play(async rig =>
    {
        var body = new string('x', StrictRegisters.MaxValueBytes - 1024);
        rig.Function = http => Results.Text(body).ExecuteAsync(http);
        await rig.SendAsync();
        var again = await rig.SendAsync(rig.There);
        Assert.True(again.IsReplay);
        Assert.Equal(body, again.Body);
    }, orders: 1);

    [Fact]
    public void Headers_of_transport_and_of_the_moment_are_not_kept() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http =>
        {
            foreach (var name in (string[])["Date", "Server", "Connection", "Keep-Alive", "Content-Length", "X-Request-Id"])
                http.Response.Headers[name] = "1";
            http.Response.Headers.Append("X-Several", "one");
            http.Response.Headers.Append("X-Several", "two");
            http.Response.StatusCode = 204;
            return Task.CompletedTask;
        };
        void Guarded(HttpContext http) => http.Response.Headers["RateLimit-Policy"] = $"by the guard, run {rig.Runs}";
        await rig.SendAsync(change: Guarded);
        var again = await rig.SendAsync(change: Guarded);
        Assert.Equal(["Idempotency-Replay", "RateLimit-Policy", "X-Request-Id", "X-Several"], again.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((204, "one,two"), (again.Status, again.Headers["X-Several"]));
        Assert.NotEqual("1", again.Headers["X-Request-Id"]);
    }, orders: 1);
}
