using System.Globalization;
using System.Net;
using Serverless.Limits;

namespace Serverless.Tests.Limits.Clients;

public class RateLimitHandlerHolds
{
    [Theory]
    [InlineData("RateLimit", "\"default\";r=0;t=30")]
    [InlineData("RateLimit", "\"burst\";r=5;t=2, \"day\";r=0;t=30, \"month\";r=0;t=7")]
    [InlineData("ratelimit", "!!, \"default\";r=0;t=30;pk=:x:")]
    public void When_nothing_is_left_the_next_request_waits_for_the_reset(string name, string value) => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.OK, (name, value));
        await origin.GetAsync();
        await origin.GetAsync("https://one.example/b");
        Assert.Equal([0, 30], origin.Seconds);
    });

    [Theory]
    [InlineData("\"default\";r=1;t=30")]
    [InlineData("\"default\";r=0")]
    [InlineData("\"default\";t=30")]
    [InlineData("\"de;r=0;t=30")]
    [InlineData("r=0;t=30")]
    public void Else_nothing_is_held_back(string value) => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.OK, ("RateLimit", value));
        await origin.GetAsync();
        await origin.GetAsync();
        Assert.Equal([0, 0], origin.Seconds);
    });

    [Fact]
    public void The_older_headers_count_where_there_is_no_newer() => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.OK, ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "12"));
        await origin.GetAsync();
        var date = origin.Now.AddSeconds(32).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        origin.Answer(HttpStatusCode.OK, ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", date));
        await origin.GetAsync();
        origin.Answer(HttpStatusCode.OK, ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "9"), ("RateLimit", "\"default\";r=3;t=9"));
        await origin.GetAsync();
        await origin.GetAsync();
        Assert.Equal([0, 12, 32, 32], origin.Seconds);
    });

    [Fact]
    public void Other_origins_are_not_held_back() => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.OK, ("RateLimit", "\"default\";r=0;t=30"));
        await origin.GetAsync();
        foreach (var address in (string[])["https://two.example/", "http://one.example/", "https://one.example:8443/"])
            await origin.GetAsync(address);
        Assert.Equal([0, 0, 0, 0], origin.Seconds);
    });

    [Fact]
    public void What_would_be_held_back_too_long_is_refused_here() => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.OK, ("RateLimit", "\"default\";r=0;t=90"));
        await origin.GetAsync();
        await origin.Delay(9.5);
        var refused = await origin.GetAsync();
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(81)), (refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value));
        await origin.Delay(80.5);
        Assert.Equal(HttpStatusCode.OK, (await origin.GetAsync()).StatusCode);
        Assert.Equal([0, 90], origin.Seconds);
    });

    [Fact]
    public void The_queue_is_bounded() => LimitedOrigin.Run(
        async origin =>
        {
            origin.Answer(HttpStatusCode.OK, ("RateLimit", "\"default\";r=0;t=30"));
            await origin.GetAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => origin.GetAsync()));
            Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
            Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
            Assert.Equal([0, 30, 30, 30], origin.Seconds);
        },
        new RateLimitHandlerOptions { MostHeld = 3 });

    [Fact]
    public void Who_is_held_back_waits_again_when_the_first_hears_that_nothing_is_left() => LimitedOrigin.Run(async origin =>
    {
        for (var i = 0; i < 2; i++)
            origin.Answer(HttpStatusCode.OK, ("RateLimit", "\"default\";r=0;t=10"));
        await origin.GetAsync();
        var first = origin.GetAsync();
        await origin.Delay(10.5);
        await Task.WhenAll(first, origin.GetAsync());
        Assert.Equal([0, 10, 20], origin.Seconds);
    });

    [Fact]
    public void A_retry_waits_for_the_later_of_both_times() => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", "3"), ("RateLimit", "\"default\";r=0;t=8"));
        Assert.Equal(HttpStatusCode.OK, (await origin.GetAsync()).StatusCode);
        Assert.Equal([0, 8], origin.Seconds);
    });

    [Fact]
    public void Of_too_many_origins_some_are_forgotten_and_none_waits_in_vain() => LimitedOrigin.Run(
        async origin =>
        {
            for (var i = 0; i < 3; i++)
            {
                origin.Answer(HttpStatusCode.OK, ("RateLimit", "\"default\";r=0;t=5"));
                await origin.GetAsync($"https://{i}.example/");
            }

            await origin.GetAsync("https://2.example/");
            await origin.GetAsync("https://1.example/");
            Assert.Equal([0, 0, 0, 0, 5], origin.Seconds);
        },
        new RateLimitHandlerOptions { MostOrigins = 2 });

    [Fact]
    public void Who_gives_up_leaves_the_queue() => LimitedOrigin.Run(
        async origin =>
        {
            using var enough = new CancellationTokenSource();
            origin.Answer(HttpStatusCode.OK, ("RateLimit", "\"default\";r=0;t=30"));
            await origin.GetAsync();
            var waiting = origin.GetAsync(cancellationToken: enough.Token);
            enough.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.Equal(HttpStatusCode.OK, (await origin.GetAsync()).StatusCode);
        },
        new RateLimitHandlerOptions { MostHeld = 1 });
}
