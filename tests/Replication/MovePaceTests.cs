using Microsoft.Extensions.Time.Testing;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

public class MovePaceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(100, 4, 0)]
    [InlineData(80, 4, 1)]
    [InlineData(50, 4, 4)]
    [InlineData(25, 1, 3)]
    [InlineData(1, 30, 10)]
    public async Task After_each_step_it_rests_for_what_its_share_leaves_but_ten_seconds_at_most(int percent, int works, int rests)
    {
        var pace = new MovePace(percent, _clock);
        for (var step = 0; step < 2; step++)
        {
            _clock.Advance(TimeSpan.FromSeconds(works));
            var rest = pace.RestAsync(CancellationToken.None);
            if (rests > 0)
                _clock.Advance(TimeSpan.FromSeconds(rests) - TimeSpan.FromMilliseconds(10));
            Assert.Equal(rests == 0, rest.IsCompleted);
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            await rest;
        }
    }

    [Fact]
    public async Task Who_is_asked_to_stop_does_not_rest()
    {
        var pace = new MovePace(10, _clock);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await pace.RestAsync(new CancellationToken(canceled: true));
    }
}
