using System.Runtime.InteropServices;

namespace Serverless.Local.Commands;

/// <summary>Ctrl+C, SIGTERM or the end of the terminal: the first one cancels the token, a second one ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption()
        : this([])
    {
    }

    private Interruption(IReadOnlyList<PosixSignal> ignored) => _signals =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, ignored.Contains(signal) ? context => context.Cancel = true : Stop)),
    ];

    public CancellationToken Token => _stopping.Token;

    /// <summary>For a process that another one started: the end of its standard input is that of its parent. A terminal sends Ctrl+C to both, and the parent says when.</summary>
    public static Interruption ByParent()
    {
        var interruption = new Interruption([PosixSignal.SIGINT, PosixSignal.SIGHUP]);
        _ = interruption.StopAtEndAsync(Console.OpenStandardInput());
        return interruption;
    }

    /// <summary>Never returns; throws when interrupted.</summary>
    public Task WaitAsync(TimeProvider clock) => Task.Delay(Timeout.InfiniteTimeSpan, clock, Token);

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _stopping.Dispose();
    }

    private async Task StopAtEndAsync(Stream input)
    {
        var buffer = new byte[1];
        await Task.Run(() =>
        {
            while (input.Read(buffer) > 0)
            {
                // Nobody says anything there; only the end counts.
            }
        });
        Cancel();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = !_stopping.IsCancellationRequested;
        Cancel();
    }

    private void Cancel()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has stopped already.
        }
    }
}
