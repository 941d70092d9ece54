using Microsoft.Extensions.Logging;

namespace Serverless.Ids;

/// <summary>
/// The numbers of one sequence that this instance holds: the segment in use, and the next one, fetched in the background once a tenth of the first is used. A
/// segment lasts about <see cref="Lasts"/>: the step, in numbers, doubles when it was used up sooner and halves when it lasted twice as long (Leaf). Thread-safe.
/// </summary>
/// <param name="fetch">Takes a segment of so many numbers.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of what should not happen.</param>
internal sealed partial class SequenceBuffer(
    Func<int, CancellationToken, Task<(Allocator? By, Segment Segment, IdRefusal? Refusal)>> fetch, TimeProvider clock, ILogger logger)
{
    /// <summary>How long a segment should last.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);

    /// <summary>Numbers of the smallest and of the largest segment that is fetched unasked.</summary>
    public const int LeastStep = 100, MostStep = 1_000_000;

    private const int PrefetchAt = 10;
    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Queue<(Allocator By, Segment Segment)> _segments = new();
    private Task<IdRefusal?> _fetching = Task.FromResult<IdRefusal?>(null);
    private long _used;
    private long _held;
    private int _step = LeastStep;
    private long? _fetchedAt;
    private long? _failedAt;

    /// <summary>Fills <paramref name="numbers"/>, in order, or takes none and says why.</summary>
    public async ValueTask<IdRefusal?> FillAsync(Memory<long> numbers, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        while (!TryFill(numbers.Span))
        {
            if (clock.GetElapsedTime(startedAt) > OperationLimit)
                return IdRefusal.Unavailable.Instance;
            if (await FetchedAsync(numbers.Length, cancellationToken) is { } refusal)
                return refusal;
        }

        return null;
    }

    private bool TryFill(Span<long> numbers)
    {
        lock (_lock)
        {
            if (_held < numbers.Length)
                return false;
            for (var filled = 0; filled < numbers.Length;)
            {
                var (by, segment) = _segments.Peek();
                var first = segment.First + _used;
                var some = (int)Math.Min(segment.Count - _used, numbers.Length - filled);
                for (var i = 0; i < some; i++)
                    numbers[filled + i] = by.NumberOf(first + i);
                (filled, _used, _held) = (filled + some, _used + some, _held - some);
                if (_used == segment.Count)
                    (_, _used) = (_segments.Dequeue(), 0);
            }

            if (_segments.Count < 2 && (_segments.Count == 0 || _used * PrefetchAt >= _segments.Peek().Segment.Count))
                _ = FetchAsync(0);
            return true;
        }
    }

    private async Task<IdRefusal?> FetchedAsync(int needed, CancellationToken cancellationToken)
    {
        try
        {
            return await FetchAsync(needed).WaitAsync(OperationLimit, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return IdRefusal.Unavailable.Instance;
        }
    }

    // One at a time, for everybody; after one that failed the next waits a moment.
    private Task<IdRefusal?> FetchAsync(int needed)
    {
        lock (_lock)
        {
            var isOver = _fetching.IsCompleted && (_failedAt is not { } failedAt || clock.GetElapsedTime(failedAt) >= PauseAfterFailure);
            return isOver ? _fetching = RunFetchAsync(needed) : _fetching;
        }
    }

    private async Task<IdRefusal?> RunFetchAsync(int needed)
    {
        var step = NextStep();
        var count = (int)Math.Max(step, needed - _held);
        IdRefusal? refusal;
        using var limit = new CancellationTokenSource(FetchLimit, clock);
        try
        {
            (var by, var segment, refusal) = await fetch(count, limit.Token);
            lock (_lock)
            {
                if (by is not null)
                {
                    _segments.Enqueue((by, segment));
                    (_held, _step, _fetchedAt) = (_held + segment.Count, step, clock.GetTimestamp());
                }
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            if (failure is not OperationCanceledException)
                LogFailure(failure);
            refusal = IdRefusal.Unavailable.Instance;
        }

        lock (_lock)
            _failedAt = refusal is null ? null : clock.GetTimestamp();
        return refusal;
    }

    // By how long the last one lasted.
    private int NextStep() => (_fetchedAt is { } at ? clock.GetElapsedTime(at) : (TimeSpan?)null) switch
    {
        null => LeastStep,
        var lasted when lasted < Lasts => Math.Min(2 * _step, MostStep),
        var lasted when lasted >= 2 * Lasts => Math.Max(_step / 2, LeastStep),
        _ => _step,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "No segment of a sequence could be taken")]
    private partial void LogFailure(Exception failure);
}
