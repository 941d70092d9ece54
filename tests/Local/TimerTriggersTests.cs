using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Local.Host;

namespace Serverless.Tests.Local;

public class TimerTriggersTests(SharedCloud shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_heads_on_one_storage_one_fires_each_time()
    {
        var fired = Channel.CreateUnbounded<TimerInfo>();
        await using var one = await StartAsync(typeof(EverySecond), shared.Storage, new TimerProbe(fired));
        await using var two = await StartAsync(typeof(EverySecond), shared.Storage, new TimerProbe(fired));

        var next = new List<DateTime>();
        while (next.Count < 3)
            next.Add((await fired.Reader.ReadAsync(Cancel)).ScheduleStatus!.Next);

        Assert.Equal(next.Distinct(), next);
    }

    [Fact]
    public async Task A_run_missed_while_down_is_made_up_for_once()
    {
        var table = new TimerTable(shared.Storage);
        var longAgo = TimeProvider.System.GetUtcNow().AddYears(-3);
        await table.ReadOrBeginAsync("probe-yearly", longAgo, Cancel);
        var fired = Channel.CreateUnbounded<TimerInfo>();

        await using var head = await StartAsync(typeof(Yearly), shared.Storage, new TimerProbe(fired));
        Assert.True((await fired.Reader.ReadAsync(Cancel)).IsPastDue);

        // Stopping waits for the loop, so the state below is what the run left.
        await head.StopAsync(Cancel);
        var state = await table.ReadOrBeginAsync("probe-yearly", longAgo, Cancel);
        Assert.IsType<TimerStep.Wait>(state.Decide(TimerSchedule.Parse(Yearly.Schedule), "another", TimeProvider.System.GetUtcNow()));
        Assert.False(fired.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Run_on_startup_runs_at_once_and_an_exception_does_not_end_the_loop()
    {
        var fired = Channel.CreateUnbounded<TimerInfo>();
        await using var head = await StartAsync(typeof(Failing), shared.Storage, new TimerProbe(fired));

        Assert.False((await fired.Reader.ReadAsync(Cancel)).IsPastDue);
        await fired.Reader.ReadAsync(Cancel);
    }

    [Fact]
    public async Task Of_two_writers_of_one_version_one_wins()
    {
        var table = new TimerTable(shared.Storage);
        var now = TimeProvider.System.GetUtcNow();
        var state = await table.ReadOrBeginAsync("contended", now, Cancel);

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => table.TryWriteAsync("contended", state.Claimed($"{i}", now), Cancel)));

        Assert.Single(claims, c => c is not null);
    }

    [Fact]
    public async Task A_head_whose_table_is_down_serves_and_tries_again_later()
    {
        var logged = Channel.CreateUnbounded<string>();
        await using var head = await StartAsync(typeof(EverySecond), SharedCloud.NoStorage, new TimerProbe(Channel.CreateUnbounded<TimerInfo>()), logged);

        Assert.Contains("trying again", await logged.Reader.ReadAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(404, (await RawHttp.SendAsync(new Uri(head.Urls.Single()).Port, "GET /api/x HTTP/1.1")).Status);
    }

    [Fact]
    public async Task A_schedule_comes_from_a_setting_and_a_missing_one_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            StartAsync(typeof(FromSetting), shared.Storage, new TimerProbe(Channel.CreateUnbounded<TimerInfo>())));

        Assert.Contains("needs the setting Missing", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(Type functions, string storage, TimerProbe probe, Channel<string>? logged = null)
    {
        var head = LocalHead.Create(new LocalHeadOptions
        {
            Url = "http://127.0.0.1:0",
            StorageConnectionString = storage,
            Settings = HeadSettings.Least,
            Functions = FunctionCatalog.OfTypes(functions),
            ConfigureServices = services => services.AddSingleton(probe).AddLogging(log => log.ClearProviders().AddProvider(
                new ChannelLog(logged ?? Channel.CreateUnbounded<string>()))),
        });
        await head.StartAsync(Cancel);
        return head;
    }

    public sealed record TimerProbe(Channel<TimerInfo> Fired);

    public class EverySecond(TimerProbe probe)
    {
        [Function("probe-second")]
        public void Run([TimerTrigger("* * * * * *")] TimerInfo timer) => probe.Fired.Writer.TryWrite(timer);
    }

    public class Yearly(TimerProbe probe)
    {
        public const string Schedule = "0 0 0 1 1 *";

        [Function("probe-yearly")]
        public async Task RunAsync([TimerTrigger(Schedule)] TimerInfo timer, FunctionContext context, CancellationToken cancellationToken) =>
            await probe.Fired.Writer.WriteAsync(timer, CancellationToken.None);
    }

    public class Failing(TimerProbe probe)
    {
        [Function("probe-failing")]
        public void Run([TimerTrigger("* * * * * *", RunOnStartup = true)] TimerInfo timer)
        {
            probe.Fired.Writer.TryWrite(timer);
            throw new InvalidOperationException("on purpose");
        }
    }

    public class FromSetting(TimerProbe probe)
    {
        [Function("probe-setting")]
        public void Run([TimerTrigger("%Missing%")] TimerInfo timer) => probe.Fired.Writer.TryWrite(timer);
    }
}
