using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class SequenceBufferTests
{
    private static readonly Allocator Every = new(null!, "ticket/a", 0, 1);

    private readonly FakeTimeProvider _clock = new();
    private readonly List<int> _fetched = [];
    private readonly SequenceBuffer _buffer;
    private bool _fails;
    private long _next;

    public SequenceBufferTests() => _buffer = new SequenceBuffer(FetchAsync, _clock, NullLogger.Instance);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_are_dense_and_the_next_segment_is_fetched_when_a_tenth_is_used()
    {
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], await TakeAsync(9));
        Assert.Equal([100], _fetched);
        Assert.Equal([10], await TakeAsync(1));
        Assert.Equal([100, 200], _fetched);
        Assert.Equal(Enumerable.Range(11, 150).Select(n => (long)n), await TakeAsync(150));
    }

    [Fact]
    public async Task A_request_that_is_larger_than_the_step_is_met_by_one_fetch()
    {
        Assert.Equal(10_000, (await TakeAsync(10_000)).Count);
        Assert.Equal(10_000, _fetched[0]);
        Assert.Equal(10_001, (await TakeAsync(1))[0]);
    }

    [Fact]
    public async Task The_step_doubles_while_segments_are_used_up_too_soon_and_halves_when_they_last_long()
    {
        await TakeAsync(50);
        while (_fetched.Count < 16)
            await TakeAsync(_fetched[^2] / 2);
        Assert.Equal([100, 200, 400, 800, 1_600, 3_200], _fetched[..6]);
        Assert.Equal(SequenceBuffer.MostStep, _fetched[^1]);

        while (_fetched.Count < 32)
        {
            _clock.Advance(2 * SequenceBuffer.Lasts);
            await TakeAsync(Math.Max(_fetched[^2] / 2, 1));
        }

        Assert.Equal(SequenceBuffer.MostStep / 2, _fetched[16]);
        Assert.Equal(SequenceBuffer.LeastStep, _fetched[^1]);
    }

    [Fact]
    public async Task A_segment_that_lasts_as_long_as_it_should_keeps_its_step()
    {
        await TakeAsync(10);
        var step = _fetched[^1];
        for (var i = 0; i < 5; i++)
        {
            _clock.Advance(SequenceBuffer.Lasts + TimeSpan.FromMinutes(1));
            await TakeAsync(step);
        }

        Assert.All(_fetched.Skip(1), fetched => Assert.Equal(step, fetched));
    }

    [Fact]
    public async Task A_fetch_that_fails_takes_no_number_and_an_outage_does_not_grow_the_step()
    {
        Assert.Equal([1, 2, 3], await TakeAsync(3));
        _fails = true;
        var numbers = new long[100];
        for (var i = 0; i < 20; i++)
        {
            Assert.IsType<IdRefusal.Unavailable>(await _buffer.FillAsync(numbers, Cancelled));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.All(numbers, number => Assert.Equal(0, number));
        Assert.All(_fetched.Skip(1), fetched => Assert.Equal(200, fetched));
        Assert.Equal([4, 5], await TakeAsync(2));
        _fails = false;
        Assert.Equal(Enumerable.Range(6, 100).Select(n => (long)n), await TakeAsync(100));
    }

    [Fact]
    public async Task After_a_failure_nobody_asks_again_for_a_moment()
    {
        _fails = true;
        for (var i = 0; i < 10; i++)
            Assert.IsType<IdRefusal.Unavailable>(await _buffer.FillAsync(new long[1], Cancelled));
        Assert.Single(_fetched);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<IdRefusal.Unavailable>(await _buffer.FillAsync(new long[1], Cancelled));
        Assert.Equal(2, _fetched.Count);
    }

    [Fact]
    public async Task What_the_storage_throws_is_a_refusal()
    {
        var buffer = new SequenceBuffer((_, _) => throw new InvalidOperationException("A node that is not configured here."), _clock, NullLogger.Instance);
        Assert.IsType<IdRefusal.Unavailable>(await buffer.FillAsync(new long[1], Cancelled));
    }

    private Task<(Allocator? By, Segment Segment, IdRefusal? Refusal)> FetchAsync(int count, CancellationToken cancellationToken)
    {
        _fetched.Add(count);
        if (_fails)
            return Task.FromResult<(Allocator?, Segment, IdRefusal?)>((null, default, IdRefusal.Unavailable.Instance));
        var segment = new Segment(_next, count);
        _next += count;
        return Task.FromResult<(Allocator?, Segment, IdRefusal?)>((Every, segment, null));
    }

    private async Task<IReadOnlyList<long>> TakeAsync(int count)
    {
        var numbers = new long[count];
        Assert.Null(await _buffer.FillAsync(numbers, Cancelled));
        return numbers;
    }
}
