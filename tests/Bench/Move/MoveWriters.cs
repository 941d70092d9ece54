using System.Buffers.Binary;
using System.Globalization;
using Serverless.Replication;

namespace Serverless.Bench.Move;

/// <summary>Writers that never rest, each of keys of its own through one coordinator after the other, and remember what was acknowledged.</summary>
internal sealed class MoveWriters(IReadOnlyList<ReplicatedStore> stores, int writers, int keys, TimeProvider clock)
{
    private const int ValueBytes = 256;

    // By key: the last write that was acknowledged, those since whose end nobody knows, and what its writer has seen of the key.
    private readonly (long Acknowledged, List<long> Uncertain, CausalContext Seen)[] _known =
        [.. Enumerable.Range(0, keys).Select(_ => (0L, new List<long>(), CausalContext.Empty))];

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private long _acknowledged;
    private long _refused;

    /// <summary>Writes acknowledged so far.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Writes so far that were not acknowledged.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Every key is written once.</summary>
    public Task FillAsync() => Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
    {
        for (var key = writer; key < keys; key += writers)
        {
            while (_known[key].Acknowledged == 0)
                await WriteAsync(key, stores[key % stores.Count]);
        }
    }));

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
    {
        var random = new Random(writer);
        while (!_stop.IsCancellationRequested)
            await WriteAsync(random.Next(keys / writers) * writers + writer, stores[random.Next(stores.Count)]);
    }));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Acknowledged writes a second from now on, until <paramref name="until"/>.</summary>
    public async Task<double> PerSecondAsync(Func<Task> until)
    {
        var (startedAt, before) = (clock.GetTimestamp(), Acknowledged);
        await until();
        return (Acknowledged - before) / clock.GetElapsedTime(startedAt).TotalSeconds;
    }

    /// <summary>Keys whose last acknowledged write a quorum does not show, nor one that came after it.</summary>
    public async Task<int> LostAsync()
    {
        var lost = 0;
        foreach (var some in Enumerable.Range(0, keys).Chunk(writers))
        {
            var shown = await Task.WhenAll(some.Select(async key => (Key: key, Read: await stores[key % stores.Count].ReadAsync(Key(key), QuorumRules.Default, CancellationToken.None))));
            lost += shown.Count(s => s.Read is not ReadResult.Read(var set, _, _) || !set.Versions.Any(version => IsNoOlder(s.Key, version)));
        }

        return lost;
    }

    private bool IsNoOlder(int key, Serverless.Replication.Version version)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(version.Value!.Value.Span);
        return number == _known[key].Acknowledged || _known[key].Uncertain.Contains(number);
    }

    private async Task WriteAsync(int key, ReplicatedStore store)
    {
        var (acknowledged, uncertain, seen) = _known[key];
        var number = Math.Max(acknowledged, uncertain.LastOrDefault()) + 1;
        var value = new byte[ValueBytes];
        BinaryPrimitives.WriteInt64LittleEndian(value, number);
        if (await store.WriteAsync(Key(key), new WriteIntent(store.NewNonce(), seen, "", value, clock.GetUtcNow()), QuorumRules.Default, CancellationToken.None) is WriteResult.Written written)
        {
            _known[key] = (number, [], written.Context);
            Interlocked.Increment(ref _acknowledged);
        }
        else
        {
            uncertain.Add(number);
            Interlocked.Increment(ref _refused);
        }
    }

    private static ReplicaKey Key(int key) => new("kv", string.Create(CultureInfo.InvariantCulture, $"move-{key}"));
}
