using Serverless.Local.Cloud;

namespace Serverless.Tests.Ids;

/// <summary>
/// Keeps a number of generators running and kills them with SIGKILL, at times and in an order that a seed decides; each is replaced at once. One at a time it also puts
/// to sleep, for longer than a lease: when it wakes another has its worker id.
/// </summary>
/// <param name="count">How many run at once.</param>
/// <param name="launch">Starts the n-th of all.</param>
/// <param name="isAtWork">Whether the n-th of all has issued ids.</param>
/// <param name="seed">Decides.</param>
internal sealed class GeneratorNemesis(int count, Func<int, GeneratorProcess> launch, Func<int, bool> isAtWork, int seed) : IDisposable
{
    // Most have ids to lose when they are killed; the others may be about to get their first.
    private const int AnyOneIn = 4;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly (int Number, GeneratorProcess Process)[] _running = [.. Enumerable.Range(0, count).Select(n => (n, launch(n)))];
    private readonly Random _random = new(seed);
    private (int Place, TimeSpan Until)? _asleep;

    /// <summary>How many were started.</summary>
    public int Launches { get; private set; } = count;

    public int Kills { get; private set; }

    public int Sleeps { get; private set; }

    /// <summary>Kills so many times until <paramref name="end"/>, goes on while <paramref name="goesOn"/> says so, and then lets all end.</summary>
    public async Task RunAsync(int kills, TimeSpan end, TimeSpan sleep, Func<TimeSpan, bool> goesOn)
    {
        // Whom a kill may meet is drawn once: drawn anew at each tick, one that is overdue would soon meet anybody.
        var due = new Queue<(TimeSpan At, bool Any)>(Enumerable.Range(0, kills).Select(_ => (At: end * _random.NextDouble(), Any: _random.Next(AnyOneIn) == 0)).OrderBy(kill => kill.At));
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, TimeProvider.System);
        for (var now = TimeSpan.Zero; now < end || goesOn(now); now = TimeProvider.System.GetElapsedTime(started))
        {
            Assert.All(_running, one => Assert.False(one.Process.HasEnded, $"A generator ended by itself: {one.Process.Lines}"));
            if (due.TryPeek(out var next) && next.At <= now && await KillOneAsync(next.Any))
                due.Dequeue();
            await WakeAsync(now);
            if (_asleep is null && now + sleep < end && LocalCloud.CanPause)
                await PutToSleepAsync(now + sleep);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await WakeAsync(TimeSpan.MaxValue);
        await Task.WhenAll(_running.Select(one => one.Process.StopAsync()));
        Assert.All(_running, one => Assert.True(one.Process.ExitCode == 0, one.Process.Lines));
    }

    public void Dispose()
    {
        foreach (var (_, process) in _running)
            process.Dispose();
    }

    // One that sleeps is left to wake up.
    private async Task<bool> KillOneAsync(bool any)
    {
        if (PlaceWhere(n => any || isAtWork(n)) is not { } place)
            return false;
        await _running[place].Process.KillAsync();
        _running[place].Process.Dispose();
        _running[place] = (Launches, launch(Launches));
        (Launches, Kills) = (Launches + 1, Kills + 1);
        return true;
    }

    private async Task PutToSleepAsync(TimeSpan until)
    {
        if (PlaceWhere(isAtWork) is not { } place)
            return;
        _asleep = (place, until);
        await _running[place].Process.SignalAsync("STOP");
        Sleeps++;
    }

    private async Task WakeAsync(TimeSpan now)
    {
        if (_asleep is not var (place, until) || now < until)
            return;
        await _running[place].Process.SignalAsync("CONT");
        _asleep = null;
    }

    private int? PlaceWhere(Func<int, bool> fits)
    {
        var places = Enumerable.Range(0, _running.Length).Where(place => place != _asleep?.Place && fits(_running[place].Number)).ToList();
        return places.Count > 0 ? places[_random.Next(places.Count)] : null;
    }
}
