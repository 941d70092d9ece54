using Microsoft.Extensions.Caching.Memory;

namespace Serverless.Replication;

/// <summary>
/// The rows of recently written keys with their ETags, so that the next write of a key needs no read. Only a hint: a wrong entry
/// costs a lost swap, never a wrong write. Kept only when every owner held the write, and bounded.
/// </summary>
internal sealed class RowMemory(int keys) : IDisposable
{
    private const int BytesPerUnit = 4096;
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = Math.Max(keys, 1) });

    /// <summary>Fills in what is remembered of every lane; false, and nothing filled in, unless it is all of them.</summary>
    public bool TryRecall(ReplicaKey key, int epoch, IReadOnlyList<RowLane> lanes)
    {
        if (!_cache.TryGetValue(key.Row, out Entry? entry) || entry!.Epoch != epoch || entry.Rows.Length != lanes.Count)
            return false;

        foreach (var lane in lanes)
        {
            if (!Array.Exists(entry.Rows, r => r.Node == lane.Node.Id && r.Incarnation == lane.Node.Incarnation))
                return false;
        }

        foreach (var lane in lanes)
        {
            var row = Array.Find(entry.Rows, r => r.Node == lane.Node.Id);
            lane.Recall(row.Row, row.ETag);
        }

        return true;
    }

    public void Keep(ReplicaKey key, int epoch, IReadOnlyList<RowLane> lanes)
    {
        if (keys == 0 || lanes.Any(lane => lane.Row is null || lane.ETag is null))
            return;

        var rows = lanes.Select(lane => new Remembered(lane.Node.Id, lane.Node.Incarnation, lane.Row!, lane.ETag!)).ToArray();
        var bytes = rows[0].Row.Set.Versions.Sum(v => v.Value?.Length ?? 0) + (rows[0].Row.Register?.Value?.Value?.Length ?? 0);
        _cache.Set(key.Row, new Entry(epoch, rows), new MemoryCacheEntryOptions { Size = 1 + bytes / BytesPerUnit });
    }

    public void Forget(ReplicaKey key) => _cache.Remove(key.Row);

    public void Dispose() => _cache.Dispose();

    private sealed record Entry(int Epoch, Remembered[] Rows);

    private readonly record struct Remembered(string Node, ulong Incarnation, ReplicaRow Row, string ETag);
}
