namespace Serverless.Replication;

/// <summary>Rests after each step for as long as the mover's share of its time asks (<see cref="ReplicationOptions.MovePercent"/>).</summary>
internal sealed class MovePace(int percent, TimeProvider clock)
{
    // A step that hung is no reason to hang on.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private long _startedAt = clock.GetTimestamp();

    /// <summary>The step is over: rests, and begins the next.</summary>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        var rest = clock.GetElapsedTime(_startedAt) * ((100.0 - percent) / percent);
        rest = rest < Longest ? rest : Longest;
        if (rest >= TimeSpan.FromMilliseconds(1) && !cancellationToken.IsCancellationRequested)
            await Task.Delay(rest, clock, CancellationToken.None);
        _startedAt = clock.GetTimestamp();
    }
}
