using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Serverless.Tests.EndToEnd;

/// <summary>A process of the local program that serves the API ("up" or "head"), asked over HTTP, ended from outside.</summary>
internal sealed class HeadProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly long _launched;

    private HeadProcess(Process process, int port, long launched)
    {
        (_process, _launched, Address) = (process, launched, new Uri($"http://127.0.0.1:{port}"));
        Service = SharedCloud.AsService(Address);
        Service.Timeout = TimeSpan.FromSeconds(20);
    }

    public Uri Address { get; }

    /// <summary>Calls as the local service.</summary>
    public HttpClient Service { get; }

    /// <summary>From the start of the process to the first 200 of its health.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>What it has written so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public bool HasEnded => _process.HasExited;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts a verb that serves at <paramref name="port"/>, and does not wait for it.</summary>
    public static HeadProcess Launch(int port, params IEnumerable<string> arguments)
    {
        var launched = TimeProvider.System.GetTimestamp();
        var program = typeof(Serverless.Local.Program).Assembly.Location;
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments, "--port", $"{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var head = new HeadProcess(process, port, launched);
        process.ReadInto(head._lines);
        return head;
    }

    /// <summary>Returns when it is healthy and has said that it is ready.</summary>
    public async Task ReadyAsync()
    {
        await Eventually.HoldsAsync(IsHealthyAsync, $"{Address} is healthy", StartLimit);
        ReadyAfter = TimeProvider.System.GetElapsedTime(_launched);
        await SaysAsync("Ready", StartLimit);
    }

    /// <summary>Waits for a line that contains <paramref name="text"/>.</summary>
    public Task SaysAsync(string text, TimeSpan limit) => Eventually.HoldsAsync(
        () => _lines.Any(line => line.Contains(text, StringComparison.Ordinal)), $"it says \"{text}\"", limit);

    /// <summary>Ends it with SIGKILL; processes that it started are left to themselves.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await EndOfAsync([_process]);
    }

    /// <summary>Sends SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await kill.WaitForExitAsync(Cancelled);
        await EndOfAsync([_process]);
        return _process.ExitCode;
    }

    /// <summary>Kills it when it still runs and shows what it wrote.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync().WaitAsync(EndLimit, TimeProvider.System);
        foreach (var line in _lines)
            TestContext.Current.TestOutputHelper?.WriteLine($"| {line}");
        _process.Dispose();
        Service.Dispose();
    }

    /// <summary>Returns when each has ended.</summary>
    public static Task EndOfAsync(IEnumerable<Process> processes) => Task.WhenAll(
        processes.Select(process => process.WaitForExitAsync(Cancelled).WaitAsync(EndLimit, TimeProvider.System, Cancelled)));

    private async Task<bool> IsHealthyAsync()
    {
        Assert.False(_process.HasExited, $"It ended while it started: {string.Join('\n', _lines)}");
        try
        {
            using var answer = await Service.GetAsync(new Uri("api/health", UriKind.Relative), Cancelled);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
