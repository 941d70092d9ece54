namespace Serverless.Ids;

/// <summary>
/// The numbers of one sequence that this instance holds: the segment in use, and the next one, fetched in the background once a tenth of the first is used. A
/// segment lasts about <see cref="Lasts"/>: the step, in numbers, doubles when it was used up sooner and halves when it lasted twice as long (Leaf). Thread-safe.
/// </summary>
/// <param name="fetch">Takes a segment of so many numbers.</param>
/// <param name="clock">The clock.</param>
internal sealed class SequenceBuffer(Func<int, CancellationToken, Task<(Allocator? By, Segment Segment, IdRefusal? Refusal)>> fetch, TimeProvider clock)
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
    private long _fetchedAt;
    private long _failedAt;

    /// <summary>Fills <paramref name="numbers"/>, in order, or takes none and says why.</summary>
    public async ValueTask<IdRefusal?> FillAsync(Memory<long> numbers, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        while (!TryFill(numbers.Span))
        {
            if (clock.GetElapsedTime(startedAt) > OperationLimit)
                return IdRefusal.Unavailable.Instance;
            if (await FetchAsync(numbers.Length).WaitAsync(cancellationToken) is { } refusal)
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

    // One at a time, for everybody; after one that failed the next waits a moment.
    private Task<IdRefusal?> FetchAsync(int needed)
    {
        lock (_lock)
        {
            if (!_fetching.IsCompleted || (_failedAt != 0 && clock.GetElapsedTime(_failedAt) < PauseAfterFailure))
                return _fetching;
            var missing = (int)Math.Max(0, needed - _held);
            return _fetching = RunFetchAsync(Math.Max(NextStep(), missing));
        }
    }

    private int NextStep()
    {
        var (lasted, isFirst) = (clock.GetElapsedTime(_fetchedAt), _fetchedAt == 0);
        _fetchedAt = clock.GetTimestamp();
        return _step = isFirst ? LeastStep
            : lasted < Lasts ? Math.Min(2 * _step, MostStep)
            : lasted >= 2 * Lasts ? Math.Max(_step / 2, LeastStep)
            : _step;
    }

    private async Task<IdRefusal?> RunFetchAsync(int count)
    {
        using var limit = new CancellationTokenSource(FetchLimit, clock);
        IdRefusal? refusal;
        try
        {
            (var by, var segment, refusal) = await fetch(count, limit.Token);
            lock (_lock)
            {
                if (by is not null)
                {
                    _segments.Enqueue((by, segment));
                    _held += segment.Count;
                }
            }
        }
        catch (OperationCanceledException)
        {
            refusal = IdRefusal.Unavailable.Instance;
        }

        Volatile.Write(ref _failedAt, refusal is null ? 0 : clock.GetTimestamp());
        return refusal;
    }
}
