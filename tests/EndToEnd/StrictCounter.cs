using System.Globalization;
using System.Net;
using System.Text;
using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

/// <summary>
/// A counter that 16 clients raise by compare-and-swap through two heads, while connections are cut at random: between clients and heads, and between heads and storage. Every step that was acknowledged
/// counts once, and one whose answer was lost at most once.
/// </summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class StrictCounter : IDisposable
{
    private const int Clients = 16;
    private const string Path = "api/kv/counter";
    private const int LeastSteps = 50;
    private const int MostInVain = 20;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    // On a busy machine there is more time for steps.
    private static readonly TimeSpan MostLength = TimeSpan.FromSeconds(60);

    private readonly CloudFolder _folder = new();
    private int _acknowledged;
    private int _uncertain;
    private int _lost;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_counter_raised_through_two_heads_with_connections_cut_ends_at_its_acknowledged_steps_and_at_most_the_uncertain_ones_more()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(RunSeed.Text);
        var (port, cut) = (LocalProcess.FreePort(), LocalProcess.FreePort());
        await using var local = await LocalProcess.StartAsync(_folder.Path, port);
        await using var storage = new Proxies([.. Enumerable.Range(0, 3 * LocalProcess.Regions).Select(i => 100 + i / 3 * 10 + i % 3).Select(at => new CuttingProxy(cut + at, port + at))]);
        string[] options = ["head", "--cloud", $"{cut}", "--data", _folder.Path];
        await using var one = HeadProcess.Launch(port + 1, [.. options, "--region", "1"]);
        await using var two = HeadProcess.Launch(port + 2, [.. options, "--region", "2"]);
        await Task.WhenAll(one.ReadyAsync(), two.ReadyAsync());
        await using var front = new Proxies([new CuttingProxy(cut + 1, port + 1), new CuttingProxy(cut + 2, port + 2)]);

        var begin = TimeProvider.System.GetTimestamp();
        var counting = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => CountAsync(new Uri($"http://127.0.0.1:{cut + 1 + client % 2}"), client, begin)));
        var (random, vain, before) = (new Random(RunSeed.Value), 0, 0);
        while (!counting.IsCompleted)
        {
            storage.CutOne(random);
            if (random.Next(4) == 0)
                front.CutOne(random);

            // On a busy machine a step takes longer than the time between cuts: after so many without one it is left alone for a moment.
            var now = Volatile.Read(ref _acknowledged);
            vain = now == before ? vain + 1 : 0;
            var rest = vain >= MostInVain ? Rest : TimeSpan.FromMilliseconds(random.Next(5, 40));
            (before, vain) = (now, vain % MostInVain);
            await Task.WhenAny(counting, Task.Delay(rest, TimeProvider.System, Cancelled));
        }

        await counting;
        using var read = await local.Service.GetAsync(new Uri($"{Path}?consistency=strict", UriKind.Relative), Cancelled);
        var final = int.Parse(await read.Content.ReadAsStringAsync(Cancelled), CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"the counter is at {final}: {_acknowledged} steps acknowledged, {_uncertain} uncertain, {_lost} lost to others; {storage.Cuts} connections to storage cut, {front.Cuts} to heads");
        Assert.InRange(final, _acknowledged, _acknowledged + _uncertain);
        Assert.True(_acknowledged > LeastSteps, "Hardly anything was counted.");
        Assert.True(storage.Cuts > 100 && front.Cuts > 20, "Hardly anything was cut.");
    }

    public void Dispose() => _folder.Dispose();

    private async Task CountAsync(Uri address, int client, long begin)
    {
        using var service = SharedCloud.AsService(address);
        service.Timeout = TimeSpan.FromSeconds(20);
        var random = new Random(RunSeed.Value + client);
        while (TimeProvider.System.GetElapsedTime(begin) is var passed && (passed < Length || (passed < MostLength && Volatile.Read(ref _acknowledged) <= LeastSteps)))
        {
            try
            {
                await StepAsync(service);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException)
            {
                // A read that was cut off changed nothing.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50)), TimeProvider.System, Cancelled);
        }
    }

    private async Task StepAsync(HttpClient service)
    {
        using var read = await service.GetAsync(new Uri($"{Path}?consistency=strict", UriKind.Relative), Cancelled);
        if (read.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.NotFound))
            return;
        var now = read.StatusCode == HttpStatusCode.OK ? int.Parse(await read.Content.ReadAsStringAsync(Cancelled), CultureInfo.InvariantCulture) : 0;
        using var put = new HttpRequestMessage(HttpMethod.Put, Path) { Content = new ByteArrayContent(Encoding.ASCII.GetBytes($"{now + 1}")) };
        put.Headers.TryAddWithoutValidation(now == 0 ? "If-None-Match" : "If-Match", now == 0 ? "*" : read.Headers.ETag!.ToString());

        var status = 0;
        try
        {
            using var answer = await service.SendAsync(put, Cancelled);
            status = (int)answer.StatusCode;
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException)
        {
            // Whether it was counted, nobody knows.
        }

        Interlocked.Increment(ref status == 204 ? ref _acknowledged : ref (status == 412 ? ref _lost : ref _uncertain));
    }

    private sealed class Proxies(IReadOnlyList<CuttingProxy> proxies) : IAsyncDisposable
    {
        public int Cuts => proxies.Sum(proxy => proxy.Cuts);

        public void CutOne(Random random) => proxies[random.Next(proxies.Count)].CutOne(random);

        public async ValueTask DisposeAsync()
        {
            foreach (var proxy in proxies)
                await proxy.DisposeAsync();
        }
    }
}
