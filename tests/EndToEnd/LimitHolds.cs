using System.Collections.Concurrent;
using System.Net;
using Serverless.Tests.Limits;
using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

/// <summary>Four heads, one storage, one limit, and 64 clients that want more than it gives; a head dies on the way. What was admitted is judged by the clients alone.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class LimitHolds : IDisposable
{
    private const int Heads = 4;
    private const int Clients = 64;
    private const int Limit = 500;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private readonly CloudFolder _folder = new();
    private readonly ConcurrentQueue<Admission> _admitted = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Four_heads_together_never_admit_more_than_the_limit_in_any_10_seconds()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(RunSeed.Text);
        var port = LocalProcess.FreePort();
        await using var local = await LocalProcess.StartAsync(_folder.Path, port, "--regions", "1", "--nodes", "3");
        await using var second = local.LaunchHead(1, port + 1);
        await using var third = local.LaunchHead(1, port + 2);
        await using var fourth = local.LaunchHead(1, port + 3);
        await Task.WhenAll(second.ReadyAsync(), third.ReadyAsync(), fourth.ReadyAsync());
        var domain = await local.Service.DomainAsync($"unit: second, unit_multiplier: 10, requests_per_unit: {Limit}");

        HttpClient[] services = [local.Service, second.Service, third.Service, fourth.Service];
        var begin = TimeProvider.System.GetTimestamp();
        var hammering = Task.WhenAll(Enumerable.Range(0, Clients).Select(client => HammerAsync(client, services, domain, begin)));
        await Task.Delay(TimeSpan.FromSeconds(new Random(RunSeed.Value).Next(15, 35)), TimeProvider.System, Cancelled);
        await second.KillAsync();
        await hammering;

        var (most, at) = Busiest();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{string.Join(", ", _answers.OrderBy(a => a.Key).Select(a => $"{a.Value} × {(int)a.Key}"))}; {_admitted.Count} admitted, at most {most} within {Window.TotalSeconds} s, from {at.TotalSeconds:0.0} s on");
        Assert.InRange(most, 1, Limit);
        Assert.InRange(_admitted.Count, 0.9 * Limit * (Length / Window), Limit * (Length / Window + 1));
    }

    public void Dispose() => _folder.Dispose();

    private async Task HammerAsync(int client, HttpClient[] services, string domain, long begin)
    {
        var random = new Random(RunSeed.Value + client);
        var service = client % Heads;
        while (TimeProvider.System.GetElapsedTime(begin) < Length)
        {
            var sent = TimeProvider.System.GetTimestamp();
            try
            {
                using var answer = await services[service].CheckAsync(domain, "everybody");
                _answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
                if (answer.StatusCode == HttpStatusCode.OK)
                    _admitted.Enqueue(new Admission(TimeProvider.System.GetElapsedTime(begin, sent), TimeProvider.System.GetElapsedTime(begin)));
            }
            catch (HttpRequestException)
            {
                // The head is gone: whether this one was admitted, nobody knows.
                service = (service + 1) % Heads;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 60)), TimeProvider.System, Cancelled);
        }
    }

    // The most that fit between the first's sending and the last's receipt.
    private (int Most, TimeSpan At) Busiest()
    {
        var all = _admitted.OrderBy(a => a.Sent).ToList();
        return all.Select((first, i) => (all.Skip(i).TakeWhile(a => a.Sent < first.Sent + Window).Count(a => a.Heard < first.Sent + Window), first.Sent)).DefaultIfEmpty().Max();
    }

    private readonly record struct Admission(TimeSpan Sent, TimeSpan Heard);
}
