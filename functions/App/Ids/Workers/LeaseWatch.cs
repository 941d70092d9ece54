namespace Serverless.Ids;

/// <summary>
/// Ends leases by watching: a lease that was not renewed for its whole length while this instance looked on has ended, whatever its owner's clock had written into it. A
/// clock that was wrong by an hour keeps nobody's worker id for an hour.
/// </summary>
internal sealed class LeaseWatch(TimeSpan length, TimeProvider clock)
{
    private readonly Dictionary<int, (string ETag, long Since)> _seen = [];

    /// <summary>How long the lease still lasts if it is not renewed: as its owner states, and as it was watched. Whichever is less ends it.</summary>
    /// <param name="worker">The worker id.</param>
    /// <param name="etag">Of its row, as just read.</param>
    /// <param name="end">When its owner says that it ends.</param>
    public (TimeSpan Stated, TimeSpan Watched) Left(int worker, string etag, DateTimeOffset end)
    {
        if (!_seen.TryGetValue(worker, out var seen) || seen.ETag != etag)
            _seen[worker] = seen = (etag, clock.GetTimestamp());
        return (end - clock.GetUtcNow(), length - clock.GetElapsedTime(seen.Since));
    }
}
