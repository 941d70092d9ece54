namespace Serverless.Ids;

/// <summary>Which worker id a new instance takes.</summary>
/// <param name="Worker">The worker id; null when every one is leased.</param>
/// <param name="Row">What is stored of it; null when nobody ever had it.</param>
/// <param name="ETag">Of the row.</param>
/// <param name="Leased">How many are leased now.</param>
/// <param name="FreeIn">When every one is leased: how long until the first is free, unless it is renewed.</param>
internal sealed record WorkerChoice(int? Worker, WorkerRow? Row, string? ETag, int Leased, TimeSpan FreeIn)
{
    /// <summary>
    /// A free one whose last owner reserved nothing that is still to come, so that ids begin at the present; else the one that reserved least. First of all one that nobody holds, then
    /// one whose lease has ended by its owner's clock, in case that this instance's own is wrong. Drawn at random, so that many instances that start at once seldom want the same.
    /// </summary>
    /// <param name="rows">What is stored. A worker id without a row that can be read is not taken.</param>
    /// <param name="workers">How many worker ids there are.</param>
    /// <param name="milliseconds">The present, since the layout's epoch.</param>
    /// <param name="watch">Tells how long leases last.</param>
    /// <param name="random">Draws.</param>
    public static WorkerChoice Of(
        IReadOnlyCollection<(int Worker, WorkerRow? Row, string ETag)> rows, int workers, long milliseconds, LeaseWatch watch, Random random)
    {
        var lefts = rows.Where(r => r.Row is { Owner.Length: > 0 }).ToDictionary(r => r.Worker, r => watch.Left(r.Worker, r.ETag, r.Row!.LeaseEnd));
        var leased = lefts.Where(left => Least(left.Value) > TimeSpan.Zero).ToDictionary(left => left.Key, left => Least(left.Value));
        var free = Enumerable.Range(0, workers).Except(rows.Select(r => r.Worker))
            .Select(worker => (Worker: worker, Row: (WorkerRow?)null, ETag: (string?)null))
            .Concat(rows.Where(r => r.Row is not null && !leased.ContainsKey(r.Worker)).Select(r => (r.Worker, r.Row, (string?)r.ETag)))
            .ToList();
        if (free.Count == 0)
            return new WorkerChoice(null, null, null, leased.Count, leased.Values.DefaultIfEmpty(TimeSpan.Zero).Min());

        var present = free.Where(r => r.Row is null || r.Row.ReservedUntil <= milliseconds).ToList();
        var certain = present.Where(r => !lefts.TryGetValue(r.Worker, out var left) || left.Watched <= TimeSpan.Zero).ToList();
        var (chosen, row, etag) = certain.Count > 0 ? certain[random.Next(certain.Count)]
            : present.Count > 0 ? present[random.Next(present.Count)]
            : free.MinBy(r => r.Row!.ReservedUntil);
        return new WorkerChoice(chosen, row, etag, leased.Count, TimeSpan.Zero);
    }

    private static TimeSpan Least((TimeSpan Stated, TimeSpan Watched) left) => left.Stated < left.Watched ? left.Stated : left.Watched;
}
