using System.Diagnostics;

namespace Serverless.Local.Cloud;

/// <summary>One running storage process: Azurite in the wrapper that ends when its standard input does.</summary>
internal sealed class StorageProcess : IDisposable
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(25);

    private readonly Process _process;
    private readonly RegionLayout _layout;

    private StorageProcess(Process process, RegionLayout layout) => (_process, _layout) = (process, layout);

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>What ended it, for the reader: 137 is a kill on Linux and macOS.</summary>
    public int ExitCode => _process.ExitCode;

    public static StorageProcess Start(RegionLayout layout, AzuriteInstallation azurite, StorageFolder? folder, bool unclean)
    {
        var token = folder?.Begin(unclean) ?? "";
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AZURITE_ACCOUNTS"] = layout.Accounts;
        // Node.js 22 and later start faster with compiled code kept; older ones ignore it.
        start.Environment["NODE_COMPILE_CACHE"] = Path.Combine(azurite.Folder, "compiled");
        foreach (var argument in Arguments(layout, azurite, folder, token))
            start.ArgumentList.Add(argument);

        var process = Process.Start(start)!;
        // With a data folder the wrapper writes its log itself; what comes here would otherwise fill the pipe.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        folder?.Record(token, process);
        return new(process, layout);
    }

    /// <summary>Returns when the tables answer; throws when the process ends before or the limit passes.</summary>
    public async Task WaitUntilReadyAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var timer = new PeriodicTimer(PollEvery, clock);
        try
        {
            while (!await StorageProbe.AnswersAsync(_layout, either.Token))
            {
                if (_process.HasExited)
                    throw new LocalCloudException(WhyItEnded());
                await timer.WaitForNextTickAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalCloudException(
                $"The storage of {_layout.Name} did not answer within {limit.TotalSeconds:0} s: see azurite.log in its data folder.");
        }
    }

    public Task WaitForEndAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Lets it save and end, and kills it after the limit.</summary>
    public async Task StopAsync(TimeSpan limit, TimeProvider clock)
    {
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

    /// <summary>Ends it without saving: up to 5 s of acknowledged writes are lost.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by name; there is none on Windows.</summary>
    public async Task SignalAsync(string signal)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Windows has no signals that pause a process.");
        await NodeRuntime.RunAsync(new ProcessStartInfo("kill", [$"-{signal}", $"{Id}"]), CancellationToken.None);
    }

    public void Dispose() => _process.Dispose();

    private static IEnumerable<string> Arguments(RegionLayout layout, AzuriteInstallation azurite, StorageFolder? folder, string token) =>
    [
        AzuriteInstallation.Wrapper, azurite.Program, folder?.Path ?? "", token,
        "--blobPort", $"{layout.BlobPort}", "--queuePort", $"{layout.QueuePort}", "--tablePort", $"{layout.TablePort}",
        "--skipApiVersionCheck", "--disableProductStyleUrl", "--disableTelemetry", "--silent",
        .. folder is null ? ["--inMemoryPersistence"] : (string[])["--location", folder.Path],
    ];

    private string WhyItEnded() => _layout.Ports.Where(port => !FreePorts.IsFree(port)).Select(FreePorts.Busy).FirstOrDefault()
        ?? $"The storage of {_layout.Name} ended while it started (exit code {ExitCode}): see azurite.log in its data folder.";
}
