using System.Diagnostics;
using System.Globalization;

namespace Serverless.Local.FrontDoor;

/// <summary>One running head of a region: this same program with the verb "head". It ends when its standard input does, so that it never outlives the front door.</summary>
internal sealed class HeadProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _lastError = "";

    private HeadProcess(Process process, string region, IProgress<string> progress)
    {
        _process = process;
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

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

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
        var end = _process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(_ready.Task, end) == end)
        {
            await end;
            throw new Cloud.LocalCloudException(LastWords);
        }
    }

    public Task WaitForEndAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Lets it end, and kills it after the limit.</summary>
    public async Task StopAsync(TimeSpan limit, TimeProvider clock)
    {
        if (_process.HasExited)
            return;
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit, clock);
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
        await _process.WaitForExitAsync();
    }

    public void Dispose() => _process.Dispose();
}
