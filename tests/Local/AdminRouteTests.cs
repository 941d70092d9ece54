using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Local.Head;
using Serverless.Local.Host;

namespace Serverless.Tests.Local;

public class AdminRouteTests(SharedCloud shared)
{
    private const string Key = "of-the-master";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a right key", "/admin/functions/probe-never", Key, HttpStatusCode.Accepted)]
    [InlineData("a right key in the query", "/admin/functions/probe-never?code=of-the-master", null, HttpStatusCode.Accepted)]
    [InlineData("any case", "/admin/functions/Probe-Never", Key, HttpStatusCode.Accepted)]
    [InlineData("no key", "/admin/functions/probe-never", null, HttpStatusCode.Unauthorized)]
    [InlineData("a wrong key", "/admin/functions/probe-never", "of-nothing", HttpStatusCode.Unauthorized)]
    [InlineData("the key of all functions", "/admin/functions/probe-never", "of-all-functions", HttpStatusCode.Unauthorized)]
    [InlineData("a function nobody knows", "/admin/functions/probe-nobody", Key, HttpStatusCode.NotFound)]
    [InlineData("one that nobody knows, without a key", "/admin/functions/probe-nobody", null, HttpStatusCode.Unauthorized)]
    [InlineData("an HTTP function", "/admin/functions/health", Key, HttpStatusCode.NotFound)]
    public async Task An_order_is_answered_as_the_real_host_answers_it(string what, string path, string? key, HttpStatusCode expected)
    {
        await using var head = await StartAsync(new OrderProbe());

        var status = await OrderAsync(head, path, key);

        Assert.True(expected == status, $"{what}: {status}");
    }

    [Fact]
    public async Task An_ordered_timer_runs_at_once_in_a_scope_of_its_own_and_leaves_its_schedule_alone()
    {
        var probe = new OrderProbe();
        probe.MayEnd.Release(2);
        await using var head = await StartAsync(probe);

        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(head, "/admin/functions/probe-never", Key));
        var first = await probe.Began.Reader.ReadAsync(Cancelled);
        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(head, "/admin/functions/probe-never", Key, """{"input":""}"""));
        var second = await probe.Began.Reader.ReadAsync(Cancelled);

        Assert.Equal("probe-never", first.Context.FunctionDefinition.Name);
        Assert.False(first.Timer.IsPastDue);
        Assert.NotEqual(first.Context.InvocationId, second.Context.InvocationId);
        Assert.NotSame(first.Context.InstanceServices, second.Context.InstanceServices);
    }

    [Fact]
    public async Task Orders_of_one_function_run_one_after_the_other_and_too_many_are_refused()
    {
        var probe = new OrderProbe();
        await using var head = await StartAsync(probe);
        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(head, "/admin/functions/probe-never", Key));
        await probe.Began.Reader.ReadAsync(Cancelled);

        for (var i = 0; i < TimerOrders.MostWaiting; i++)
            Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(head, "/admin/functions/probe-never", Key));
        Assert.Equal(HttpStatusCode.TooManyRequests, await OrderAsync(head, "/admin/functions/probe-never", Key));
        Assert.False(probe.Began.Reader.TryRead(out _));

        for (var i = 0; i < TimerOrders.MostWaiting; i++)
        {
            probe.MayEnd.Release();
            await probe.Began.Reader.ReadAsync(Cancelled);
        }

        probe.MayEnd.Release();
        Assert.Equal(1, probe.MostAtOnce);
    }

    [Fact]
    public async Task A_failure_is_logged_and_the_next_order_runs()
    {
        var (probe, logged) = (new OrderProbe(), Channel.CreateUnbounded<string>());
        await using var head = await StartAsync(probe, logged);

        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(head, "/admin/functions/probe-order-failing", Key));
        Assert.Contains("Timer probe-order-failing failed", await logged.Reader.ReadAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync(head, "/admin/functions/probe-order-failing", Key));
        await logged.Reader.ReadAsync(Cancelled);
    }

    [Fact]
    public async Task The_local_cloud_s_head_refills_at_once_for_the_local_master_key()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(shared.Head.Address, "admin/functions/replication-refill"));
        request.Headers.Add("x-functions-key", CloudHead.MasterKey);

        using var answer = await shared.Nobody.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static async Task<HttpStatusCode> OrderAsync(WebApplication head, string path, string? key, string? body = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(head.Urls.Single()) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        if (key is not null)
            request.Headers.Add("x-functions-key", key);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, Cancelled);
        Assert.Equal("", await answer.Content.ReadAsStringAsync(Cancelled));
        return answer.StatusCode;
    }

    // No storage: what needs a schedule's state could not run.
    private static async Task<WebApplication> StartAsync(OrderProbe probe, Channel<string>? logged = null)
    {
        var head = LocalHead.Create(new LocalHeadOptions
        {
            Url = "http://127.0.0.1:0",
            Settings = new Dictionary<string, string?>(HeadSettings.Least)
            {
                ["Functions:Keys:master"] = Key,
                ["Functions:Keys:default"] = "of-all-functions",
            },
            Functions = FunctionCatalog.OfTypes(typeof(Never), typeof(Failing), typeof(Serverless.Http.HealthFunctions)),
            ConfigureServices = services => services.AddSingleton(probe).AddLogging(log => log.ClearProviders().AddProvider(
                new ChannelLog(logged ?? Channel.CreateUnbounded<string>()))),
        });
        await head.StartAsync(Cancelled);
        return head;
    }

    public sealed class OrderProbe
    {
        private int _running;

        public Channel<(TimerInfo Timer, FunctionContext Context)> Began { get; } = Channel.CreateUnbounded<(TimerInfo, FunctionContext)>();

        public SemaphoreSlim MayEnd { get; } = new(0);

        public int MostAtOnce { get; private set; }

        public async Task RunAsync(TimerInfo timer, FunctionContext context)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
            await Began.Writer.WriteAsync((timer, context));
            await MayEnd.WaitAsync(context.CancellationToken);
            Interlocked.Decrement(ref _running);
        }
    }

    public class Never(OrderProbe probe)
    {
        [Function("probe-never")]
        public Task RunAsync([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer, FunctionContext context) => probe.RunAsync(timer, context);
    }

    public class Failing
    {
        [Function("probe-order-failing")]
        public static void Run([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer) => throw new InvalidOperationException("on purpose");
    }
}
