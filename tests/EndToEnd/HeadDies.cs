using System.Collections.Concurrent;
using System.Net;
using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

[Collection(nameof(AloneOnTheMachine))]
public sealed class HeadDies : IDisposable
{
    private const int MostWritesPerWriter = 5_000;
    private static readonly TimeSpan WorkLimit = TimeSpan.FromMinutes(1);

    private readonly CloudFolder _folder = new();
    private readonly ConcurrentQueue<KvEntry> _acknowledged = new();
    private readonly ConcurrentQueue<KvEntry> _uncertain = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_SIGKILL_of_the_head_every_acknowledged_write_is_there_and_no_write_is_half_there()
    {
        var killAfter = new Random(RunSeed.Value).Next(400, 1_200);
        TestContext.Current.TestOutputHelper?.WriteLine($"{RunSeed.Text}: the head dies after {killAfter} writes");
        var port = LocalProcess.FreePort();
        await using (var local = await LocalProcess.StartAsync(_folder.Path, port))
        {
            var storage = local.AllStorage();
            await KillInMidWorkAsync(local, killAfter);
            await HeadProcess.EndOfAsync(storage);
            Assert.All(Enumerable.Range(1, LocalProcess.Regions), region => Assert.True(_folder.IsClean(region), $"Region {region} is not clean."));
        }

        await using var again = await LocalProcess.StartAsync(_folder.Path, port);

        Assert.DoesNotContain(again.Lines, line => line.Contains("did not stop cleanly", StringComparison.Ordinal));
        var clients = new KvClients(again.Service);
        await clients.ReadAllBackAsync(_acknowledged);
        var whole = await CountWholeAsync(clients);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_acknowledged.Count} writes acknowledged, all there; {_uncertain.Count} uncertain, {whole} of them whole, the others absent");
    }

    public void Dispose() => _folder.Dispose();

    // Each writer ends with the first write that is not answered.
    private async Task KillInMidWorkAsync(LocalProcess local, int killAfter)
    {
        var clients = new KvClients(local.Service);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = Task.WhenAll(Enumerable.Range(0, KvClients.Count).Select(async writer =>
        {
            foreach (var entry in Enumerable.Range(0, MostWritesPerWriter).Select(number => KvEntry.Of($"writer{writer}", number)))
            {
                try
                {
                    if (!await clients.TryWriteAsync(entry))
                    {
                        _uncertain.Enqueue(entry);
                        continue;
                    }
                }
                catch (HttpRequestException)
                {
                    _uncertain.Enqueue(entry);
                    return;
                }

                _acknowledged.Enqueue(entry);
                if (_acknowledged.Count >= killAfter)
                    reached.TrySetResult();
            }
        }));

        await Task.WhenAny(reached.Task, writing).WaitAsync(WorkLimit, TimeProvider.System, Cancelled);
        Assert.False(writing.IsCompleted, $"The writers ended before the head was killed: {writing.Exception?.Message}");
        await local.KillAsync();
        await writing.WaitAsync(WorkLimit, TimeProvider.System, Cancelled);
        Assert.NotEmpty(_uncertain);
    }

    private async Task<int> CountWholeAsync(KvClients clients)
    {
        var whole = 0;
        foreach (var entry in _uncertain)
        {
            var (status, value) = await clients.ReadAsync(entry);
            Assert.True(
                status == HttpStatusCode.NotFound || (status == HttpStatusCode.OK && value == entry.Value),
                $"{entry.Key}: {status}, {value.Length} of {entry.Value.Length} characters");
            whole += status == HttpStatusCode.OK ? 1 : 0;
        }

        return whole;
    }
}
