using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits.Clients;

public class RateLimitHandlerRetries
{
    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public void What_is_refused_for_a_while_is_sent_again_after_it(HttpStatusCode status) => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(status, ("Retry-After", "2"));
        origin.Answer(status, ("Retry-After", "5"));
        Assert.Equal(HttpStatusCode.OK, (await origin.GetAsync()).StatusCode);
        Assert.Equal([0, 2, 7], origin.Seconds);
    });

    [Fact]
    public void A_date_to_come_again_is_kept() => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", origin.Now.AddSeconds(9).ToString("R", CultureInfo.InvariantCulture)));
        origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", origin.Now.AddSeconds(-60).ToString("R", CultureInfo.InvariantCulture)));
        Assert.Equal(HttpStatusCode.OK, (await origin.GetAsync()).StatusCode);
        Assert.Equal([0, 9, 9], origin.Seconds);
    });

    [Fact]
    public void A_date_is_taken_by_the_clock_that_wrote_it() => LimitedOrigin.Run(async origin =>
    {
        var wrong = origin.Now.AddDays(-3);
        origin.Answer(
            HttpStatusCode.TooManyRequests,
            ("Date", wrong.ToString("R", CultureInfo.InvariantCulture)),
            ("Retry-After", wrong.AddSeconds(4).ToString("R", CultureInfo.InvariantCulture)));
        await origin.GetAsync();
        Assert.Equal([0, 4], origin.Seconds);
    });

    [Fact]
    public void Without_a_time_429_is_sent_again_ever_later_and_503_is_not() => LimitedOrigin.Run(async origin =>
    {
        for (var i = 0; i < 3; i++)
            origin.Answer(HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, (await origin.GetAsync()).StatusCode);
        Assert.Equal([0, 1, 3, 7], origin.Seconds);
        origin.Answer(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await origin.GetAsync()).StatusCode);
    });

    [Fact]
    public void Retries_end_where_the_options_say() => LimitedOrigin.Run(
        async origin =>
        {
            for (var i = 0; i < 9; i++)
                origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", "1"));
            Assert.Equal(HttpStatusCode.TooManyRequests, (await origin.GetAsync()).StatusCode);
            Assert.Equal(3, origin.Received.Count);
        },
        new RateLimitHandlerOptions { MostRetries = 2 });

    [Fact]
    public void Nobody_waits_longer_than_allowed_not_even_in_parts() => LimitedOrigin.Run(async origin =>
    {
        origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", "40"));
        origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", "21"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await origin.GetAsync()).StatusCode);
        Assert.Equal([0, 40], origin.Seconds);
    });

    [Fact]
    public void A_stream_is_not_sent_twice_but_what_lies_in_memory_is() => LimitedOrigin.Run(async origin =>
    {
        foreach (var (content, sends) in (IEnumerable<(HttpContent, int)>)[
            (new StreamContent(new MemoryStream([1])), 1), (new StringContent("a"), 2), (JsonContent.Create(1), 2), (new FormUrlEncodedContent([]), 2),
            (new MultipartContent { new StringContent("a"), new ByteArrayContent([1]) }, 2), (new MultipartContent { new StreamContent(new MemoryStream()) }, 1)])
        {
            var before = origin.Received.Count;
            origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", "1"));
            var answer = await origin.PostAsync(content);
            Assert.Equal((sends, sends == 2), (origin.Received.Count - before, answer.IsSuccessStatusCode));
        }
    });

    [Fact]
    public void Who_gives_up_stops_waiting() => LimitedOrigin.Run(async origin =>
    {
        using var enough = new CancellationTokenSource();
        origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", "30"));
        var waiting = origin.GetAsync(cancellationToken: enough.Token);
        enough.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Single(origin.Received);
    });

    // Whatever is drawn: a tenth later at most, and a second.
    [Fact]
    public void No_retry_is_early_and_none_much_too_late() => Gen.Select(Gen.Int[0, 58], Gen.Double[0, 1]).Sample((seconds, drawn) => LimitedOrigin.Run(
        async origin =>
        {
            origin.Answer(HttpStatusCode.TooManyRequests, ("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)));
            await origin.GetAsync();
            Assert.InRange(origin.Seconds.Last(), seconds, seconds + Math.Min(1, 0.1 * seconds) + 0.001);
        },
        random: new Always(drawn)));
}
