namespace Serverless.Ids;

/// <summary>Which worker id a new instance takes. Pure.</summary>
/// <param name="Worker">The worker id; null when every one is leased.</param>
/// <param name="Row">What is stored of it; null when nobody ever had it.</param>
/// <param name="ETag">Of the row.</param>
/// <param name="Leased">How many are leased now.</param>
/// <param name="FreeAt">When the first of them will be free, unless it is renewed.</param>
internal sealed record WorkerChoice(int? Worker, WorkerRow? Row, string? ETag, int Leased, DateTimeOffset FreeAt)
{
    /// <summary>
    /// A free one whose last owner reserved nothing that is still to come, so that ids begin at the present; else the one that reserved least. Drawn at random, so that
    /// many instances that start at once seldom want the same.
    /// </summary>
    /// <param name="rows">What is stored.</param>
    /// <param name="workers">How many worker ids there are.</param>
    /// <param name="now">By this instance's clock.</param>
    /// <param name="milliseconds">The same, since the layout's epoch.</param>
    /// <param name="random">Draws.</param>
    public static WorkerChoice Of(
        IReadOnlyCollection<(int Worker, WorkerRow? Row, string ETag)> rows, int workers, DateTimeOffset now, long milliseconds, Random random)
    {
        var known = rows.ToDictionary(r => r.Worker);
        var leased = rows.Where(r => r.Row is { Owner.Length: > 0 } row && row.LeaseEnd > now).ToList();
        var free = Enumerable.Range(0, workers)
            .Select(worker => known.TryGetValue(worker, out var held) ? held : (Worker: worker, Row: null, ETag: ""))
            .Where(r => !(known.ContainsKey(r.Worker) && r.Row is null) && (r.Row is null || r.Row.Owner.Length == 0 || r.Row.LeaseEnd <= now))
            .ToList();
        var freeAt = leased.Select(r => r.Row!.LeaseEnd).DefaultIfEmpty(now).Min();
        if (free.Count == 0)
            return new WorkerChoice(null, null, null, leased.Count, freeAt);

        var fresh = free.Where(r => r.Row is null || r.Row.ReservedUntil <= milliseconds).ToList();
        var (worker, row, etag) = fresh.Count > 0 ? fresh[random.Next(fresh.Count)] : free.MinBy(r => r.Row!.ReservedUntil);
        return new WorkerChoice(worker, row, row is null ? null : etag, leased.Count, freeAt);
    }
}
