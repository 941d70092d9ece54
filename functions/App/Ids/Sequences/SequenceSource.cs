using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>
/// Numbers of named sequences. A ticket sequence has one allocator for all regions; a multi-master sequence has one per region, so that regions do not wait for each
/// other, and their numbers interleave by region. Thread-safe; remembers so many sequences that it used.
/// </summary>
internal sealed class SequenceSource(SegmentStore segments, ClusterViews views, IdsMetrics metrics, TimeProvider clock, ILogger<SequenceSource> logger) : IDisposable
{
    /// <summary>Sequences whose segments are held: 10,000. Of further ones each request takes a segment of its own.</summary>
    public const int MostHeld = 10_000;

    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    private readonly MemoryCache _buffers = new(new MemoryCacheOptions { SizeLimit = MostHeld });

    /// <summary>The next numbers of a ticket sequence.</summary>
    public ValueTask<IdRefusal?> TicketsAsync(string name, Memory<long> numbers, CancellationToken cancellationToken) =>
        FillAsync("ticket", name, view => Allocator.Ticket(view, name), numbers, cancellationToken);

    /// <summary>The next numbers of this region's allocator of a multi-master sequence.</summary>
    public ValueTask<IdRefusal?> MastersAsync(string name, Memory<long> numbers, CancellationToken cancellationToken) =>
        FillAsync("multimaster", name, view => Allocator.Master(view, views.Region, name), numbers, cancellationToken);

    public void Dispose() => _buffers.Dispose();

    private async ValueTask<IdRefusal?> FillAsync(
        string strategy, string name, Func<ClusterView, Allocator> allocator, Memory<long> numbers, CancellationToken cancellationToken)
    {
        var buffer = _buffers.GetOrCreate((strategy, name), entry =>
        {
            entry.SetSize(1).SetSlidingExpiration(ForgottenAfter);
            return new SequenceBuffer((count, token) => segments.TakeAsync(allocator, count, token), clock, logger);
        })!;
        var refusal = await buffer.FillAsync(numbers, cancellationToken);
        if (refusal is null)
            metrics.Issued(strategy, numbers.Length);
        return refusal;
    }
}
