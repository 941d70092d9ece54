using System.Globalization;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>
/// One node's rows in memory, as strict as Azure states its tables: atomic transactions guarded by ETags, at most 100 changes of
/// distinct rows and under 4 MiB each, rows under 960 KiB, row names of at most 512 allowed characters. One process, nothing
/// survives it: for tests only.
/// </summary>
internal sealed class MemoryReplica(TimeProvider? clock = null) : IReplica
{
    private const int MostChanges = 100;
    private const int MostRowBytes = 15 * 64 * 1024;
    private const int MostTransactionBytes = 4 * 1024 * 1024;
    private const int LongestName = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<string, Stored>> _partitions = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private long _stamp;

    /// <summary>Every row, for checks over all of a node's state.</summary>
    public IReadOnlyList<(string Partition, Row Row)> All()
    {
        lock (_lock)
            return [.. _partitions.SelectMany(p => p.Value.Select(r => (p.Key, ToRow(r.Key, r.Value))))];
    }

    /// <summary>Rows vanish, as if somebody had deleted them.</summary>
    public void Remove(Func<string, string, bool> which)
    {
        foreach (var (partition, rows) in _partitions)
        {
            foreach (var row in rows.Keys.Where(row => which(partition, row)).ToList())
                rows.Remove(row);
        }
    }

    /// <summary>The rows of keys and of their long values: neither hints nor those of trees.</summary>
    public IReadOnlyList<(string Partition, Row Row)> Data() => [.. All().Where(row => char.IsAsciiLetter(row.Row.Name[0]))];

    public Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken)
    {
        CheckName(partition);
        CheckName(row);
        lock (_lock)
        {
            return Task.FromResult<RowRead>(
                _partitions.TryGetValue(partition, out var rows) && rows.TryGetValue(row, out var found)
                    ? new RowRead.Found(ToRow(row, found))
                    : RowRead.Missing.Instance);
        }
    }

    public Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        Check(partition, changes);
        lock (_lock)
        {
            if (!_partitions.TryGetValue(partition, out var rows))
                _partitions[partition] = rows = new(StringComparer.Ordinal);
            if (changes.Select(change => Refusal(rows, change)).FirstOrDefault(r => r is not null) is { } refusal)
                return Task.FromResult<RowCommit>(new RowCommit.Refused(refusal));
            return Task.FromResult<RowCommit>(new RowCommit.Done([.. changes.Select(change => Apply(rows, change))]));
        }
    }

    public Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<RowList>(new RowList.Page(!_partitions.TryGetValue(partition, out var rows) ? [] :
            [
                .. rows.Where(r => string.CompareOrdinal(r.Key, from) >= 0 && string.CompareOrdinal(r.Key, to) < 0)
                    .Take(limit)
                    .Select(r => ToRow(r.Key, r.Value)),
            ]));
        }
    }

    private static string? Refusal(SortedDictionary<string, Stored> rows, RowChange change)
    {
        var exists = rows.TryGetValue(change.Row, out var now);
        return change switch
        {
            RowChange.Insert when exists => "EntityAlreadyExists",
            RowChange.Replace or RowChange.Delete when !exists => "ResourceNotFound",
            RowChange.Replace(_, _, var etag) when etag != ETag(now.Stamp) => "UpdateConditionNotSatisfied",
            RowChange.Delete(_, var etag) when etag != "*" && etag != ETag(now.Stamp) => "UpdateConditionNotSatisfied",
            _ => null,
        };
    }

    private string Apply(SortedDictionary<string, Stored> rows, RowChange change)
    {
        if (change is RowChange.Delete)
        {
            rows.Remove(change.Row);
            return "";
        }

        rows[change.Row] = new Stored(++_stamp, Data(change).ToArray(), _clock.GetUtcNow());
        return ETag(_stamp);
    }

    private static ReadOnlyMemory<byte> Data(RowChange change) => change switch
    {
        RowChange.Insert(_, var data) => data,
        RowChange.Replace(_, var data, _) => data,
        RowChange.Put(_, var data) => data,
        _ => default,
    };

    private static void Check(string partition, IReadOnlyList<RowChange> changes)
    {
        CheckName(partition);
        Assert.InRange(changes.Count, 1, MostChanges);
        Assert.Equal(changes.Count, changes.Select(c => c.Row).Distinct(StringComparer.Ordinal).Count());
        // Base64 in JSON, as the wire has it, with room for the headers of each operation.
        Assert.True(changes.Sum(c => 1024L + Data(c).Length * 4L / 3) < MostTransactionBytes, "A transaction must stay under 4 MiB.");
        foreach (var change in changes)
        {
            CheckName(change.Row);
            Assert.True(Data(change).Length <= MostRowBytes, "A row must stay under 960 KiB.");
        }
    }

    private static void CheckName(string name)
    {
        Assert.InRange(name.Length, 1, LongestName);
        Assert.DoesNotContain(name, c => c is '/' or '\\' or '#' or '?' or '%' || char.IsControl(c));
    }

    private static Row ToRow(string name, Stored stored) => new(name, ETag(stored.Stamp), stored.Data, stored.Written);

    private static string ETag(long stamp) => stamp.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Stored(long Stamp, byte[] Data, DateTimeOffset Written);
}
