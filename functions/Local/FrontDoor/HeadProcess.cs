using System.Diagnostics;
using System.Globalization;

namespace Serverless.Local.FrontDoor;

/// <summary>One running head of a region: this same program with the verb "head". It ends when its standard input does, so that it never outlives the front door.</summary>
internal sealed class HeadProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _end;
    private volatile string _lastError = "";

    private HeadProcess(Process process, string region, IProgress<string> progress)
    {
        (_process, Id, _end) = (process, process.Id, process.WaitForExitAsync());
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("Ready", StringComparison.Ordinal) == true)
                _ready.TrySetResult();
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { Length: > 0 } text)
                return;
            _lastError = text;
            progress.Report($"{region}: {text}");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id { get; }

    public bool HasEnded => _end.IsCompleted;

    /// <summary>What it wrote last to its standard error, or how it ended.</summary>
    public string LastWords => _lastError.Length > 0 ? _lastError : string.Create(CultureInfo.InvariantCulture, $"exit code {_process.ExitCode}");

    /// <param name="region">For what is reported.</param>
    /// <param name="arguments">Those of the verb "head".</param>
    /// <param name="settings">Of the app, beside those that the head gives itself.</param>
    /// <param name="progress">Told what it writes to its standard error.</param>
    public static HeadProcess Start(string region, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings, IProgress<string> progress)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "head", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return new HeadProcess(Process.Start(start)!, region, progress);
    }

    /// <summary>Returns when it serves; throws when it ends before that.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(_ready.Task, _end).WaitAsync(cancellationToken) == _end)
            throw new Cloud.LocalCloudException(LastWords);
    }

    public Task WaitForEndAsync(CancellationToken cancellationToken) => _end.WaitAsync(cancellationToken);

    /// <summary>Lets it end, and kills it after the limit.</summary>
    public async Task StopAsync(TimeSpan limit, TimeProvider clock)
    {
        if (HasEnded)
            return;
        _process.StandardInput.Close();
        try
        {
            await _end.WaitAsync(limit, clock);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Ends it at once, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _end;
    }

    public void Dispose() => _process.Dispose();
}
