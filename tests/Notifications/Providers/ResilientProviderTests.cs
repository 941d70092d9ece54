using Microsoft.Extensions.Time.Testing;
using Serverless.Notifications;

namespace Serverless.Tests.Notifications;

public class ResilientProviderTests
{
    private readonly FakeTimeProvider _clock = new(ProviderCalls.Now);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_takes_too_long_is_unknown()
    {
        using var provider = Around(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            return new ProviderAnswer.Taken("200", null);
        });
        var sending = provider.SendAsync(ProviderCalls.Call(), Cancelled);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(sending.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new ProviderAnswer.Unknown(ResilientProvider.TimedOut), await sending);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_provider_that_fails_is_left_alone_for_a_while_and_one_that_refuses_single_devices_is_not(bool fails)
    {
        var calls = 0;
        ProviderAnswer answer = fails ? new ProviderAnswer.Later("503", null) : new ProviderAnswer.Later("429 TooManyRequests", null);
        using var provider = Around(_ =>
        {
            calls++;
            return Task.FromResult(answer);
        });
        for (var i = 0; i < 20; i++)
            await provider.SendAsync(ProviderCalls.Call(), Cancelled);
        Assert.Equal(fails ? 10 : 20, calls);
        if (!fails)
            return;
        Assert.Equal("later 30 unasked", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
        answer = new ProviderAnswer.Taken("200", null);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(answer, await provider.SendAsync(ProviderCalls.Call(), Cancelled));
        Assert.Equal(answer, await provider.SendAsync(ProviderCalls.Call(), Cancelled));
        Assert.Equal(12, calls);
    }

    [Fact]
    public async Task What_comes_beyond_the_rate_is_no_attempt()
    {
        using var provider = Around(_ => Task.FromResult<ProviderAnswer>(new ProviderAnswer.Taken("200", null)), perSecond: 1);
        Assert.Equal("taken", ProviderCalls.Text(await provider.SendAsync(ProviderCalls.Call(), Cancelled)));
        var second = Assert.IsType<ProviderAnswer.Later>(await provider.SendAsync(ProviderCalls.Call(), Cancelled));
        Assert.Equal((ResilientProvider.OverRate, false), (second.Code, second.WasAsked));
        Assert.InRange(second.After!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private ResilientProvider Around(Func<CancellationToken, Task<ProviderAnswer>> send, int perSecond = 1_000) => new(new Scripted(send), new ProviderLimits { PerSecond = perSecond }, _clock);

    private sealed class Scripted(Func<CancellationToken, Task<ProviderAnswer>> send) : IProvider
    {
        public Carrier Carrier => Carrier.Ios;

        public string Name => "scripted";

        public string? Problem(ProviderCall call) => null;

        public Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken) => send(cancellationToken);
    }
}
