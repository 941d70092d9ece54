using System.Runtime.InteropServices;

namespace Serverless.Local.Commands;

/// <summary>Ctrl+C, SIGTERM or the end of the terminal: the first one cancels the token, a second one ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() =>
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Stop))];

    public CancellationToken Token => _stopping.Token;

    /// <summary>Never returns; throws when interrupted.</summary>
    public Task WaitAsync(TimeProvider clock) => Task.Delay(Timeout.InfiniteTimeSpan, clock, Token);

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _stopping.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = !_stopping.IsCancellationRequested;
        _stopping.Cancel();
    }
}
