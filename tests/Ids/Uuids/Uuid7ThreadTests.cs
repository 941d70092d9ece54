using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class Uuid7ThreadTests
{
    private const int Threads = 4;
    private const int Rounds = 2000;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Lock _lock = new();
    private Guid _greatestReturned;

    [Fact]
    public async Task Several_threads_each_see_increasing_ids_whole_batches_and_none_twice()
    {
        var generator = new Uuid7Generator(_clock, new SecureRandom());
        var seen = await OnThreads(thread =>
        {
            var ids = new List<Guid>();
            var batch = new Guid[10];
            for (var round = 0; round < Rounds; round++)
            {
                MoveClock(thread, round);
                ids.Add(generator.Next());
                generator.Fill(batch);
                Assert.All(batch, (id, i) => Assert.Equal(batch[0].Counter() + i, id.Counter()));
                ids.AddRange(batch);
            }

            return ids;
        });

        Assert.All(seen, ids => Assert.True(ids.AreIncreasing()));
        Assert.Equal(Threads * Rounds * 11, seen.SelectMany(ids => ids).Distinct().Count());
    }

    // Without random bits only the counter tells ids apart.
    [Fact]
    public async Task No_counter_is_given_out_twice_when_threads_take_ids_as_fast_as_they_can()
    {
        var generator = new Uuid7Generator(_clock, new NoBytes());
        using var start = new Barrier(Threads);
        var seen = await OnThreads(_ =>
        {
            var ids = new Guid[Rounds * 250];
            start.SignalAndWait(TestContext.Current.CancellationToken);
            for (var i = 0; i < ids.Length; i++)
                ids[i] = generator.Next();
            return ids;
        });
        Assert.Equal(Threads * Rounds * 250, seen.SelectMany(ids => ids).Distinct().Count());
    }

    [Fact]
    public async Task An_id_is_greater_than_every_one_that_any_thread_had_before_it_was_asked_for()
    {
        var generator = new Uuid7Generator(_clock, new SecureRandom());
        var overtaken = await OnThreads(thread =>
        {
            var count = 0;
            for (var round = 0; round < Rounds * 5; round++)
            {
                MoveClock(thread, round);
                var before = Returned(Guid.Empty);
                var id = generator.Next();
                Returned(id);
                count += id.CompareTo(before) > 0 ? 0 : 1;
            }

            return count;
        });

        Assert.All(overtaken, count => Assert.Equal(0, count));
    }

    // One thread sets the clock for all: on, and at times back.
    private void MoveClock(int thread, int round)
    {
        if (thread == 0)
            _clock.AdjustTime(_clock.GetUtcNow().AddMilliseconds(round % 5 == 0 ? -3 : 1));
    }

    private Guid Returned(Guid id)
    {
        lock (_lock)
            return _greatestReturned = id.CompareTo(_greatestReturned) > 0 ? id : _greatestReturned;
    }

    private static Task<T[]> OnThreads<T>(Func<int, T> work) => Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
        () => work(thread), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private sealed class NoBytes() : Random(0)
    {
        public override void NextBytes(Span<byte> buffer) => buffer.Clear();
    }
}
