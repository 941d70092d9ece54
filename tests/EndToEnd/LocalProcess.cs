using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Serverless.Local.Cloud;

namespace Serverless.Tests.EndToEnd;

/// <summary>The local cloud as a process of its own: "up" on a data folder, asked over HTTP, ended from outside.</summary>
internal sealed class LocalProcess : IAsyncDisposable
{
    /// <summary>Regions of the cloud, each with a storage process; their numbers begin at 1.</summary>
    public const int Regions = 3;

    private const int PortsTaken = 100 + 10 * Regions;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    // Start times are read back with the precision of the system's boot time.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly string _data;
    private readonly ConcurrentQueue<string> _lines = new();

    private LocalProcess(Process process, string data, int port)
    {
        (_process, _data, Address) = (process, data, new Uri($"http://127.0.0.1:{port}"));
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

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A port whose neighbours, where the storage listens, are free too.</summary>
    public static int FreePort() => FreePorts.Choose(PortsTaken, new Random(Environment.ProcessId));

    /// <summary>Returns when it is healthy and has said that it is ready.</summary>
    public static async Task<LocalProcess> StartAsync(string data, int port)
    {
        var program = typeof(Serverless.Local.Program).Assembly.Location;
        var started = TimeProvider.System.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, "up", "--port", $"{port}", "--data", data])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var local = new LocalProcess(process, data, port);
        try
        {
            local.ReadLines();
            await Eventually.HoldsAsync(local.IsHealthyAsync, $"{local.Address} is healthy", StartLimit);
            local.ReadyAfter = TimeProvider.System.GetElapsedTime(started);
            await local.SaysAsync("Ready", StartLimit);
            return local;
        }
        catch
        {
            await local.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a line that contains <paramref name="text"/>.</summary>
    public Task SaysAsync(string text, TimeSpan limit) => Eventually.HoldsAsync(
        () => _lines.Any(line => line.Contains(text, StringComparison.Ordinal)), $"it says \"{text}\"", limit);

    /// <summary>The running storage process of a region; null when there is none. Its start time tells it from another that was given its number later.</summary>
    public Process? Storage(int region)
    {
        var file = Path.Combine(_data, $"r{region}", "run");
        var run = File.Exists(file) ? File.ReadAllLines(file) : [];
        if (run.Length < 3)
            return null;
        try
        {
            var process = Process.GetProcessById(int.Parse(run[1], CultureInfo.InvariantCulture));
            var start = new DateTime(long.Parse(run[2], CultureInfo.InvariantCulture), DateTimeKind.Utc);
            return (process.StartTime.ToUniversalTime() - start).Duration() < StartTolerance && !process.HasExited ? process : null;
        }
        catch (Exception ended) when (ended is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The storage processes of all regions, all of them running.</summary>
    public IReadOnlyList<Process> AllStorage() =>
        [.. Enumerable.Range(1, Regions).Select(region => Storage(region) ?? throw new InvalidOperationException($"Region {region} has no storage process."))];

    /// <summary>Ends one storage process with SIGKILL: it saves nothing.</summary>
    public async Task KillStorageAsync(int region)
    {
        using var storage = Storage(region);
        Assert.NotNull(storage);
        storage.Kill();
        await storage.WaitForExitAsync(Cancelled).WaitAsync(EndLimit, TimeProvider.System, Cancelled);
    }

    /// <summary>Ends the head with SIGKILL; its storage processes are left to themselves.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(Cancelled).WaitAsync(EndLimit, TimeProvider.System, Cancelled);
    }

    /// <summary>Sends SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await kill.WaitForExitAsync(Cancelled);
        await _process.WaitForExitAsync(Cancelled).WaitAsync(EndLimit, TimeProvider.System, Cancelled);
        return _process.ExitCode;
    }

    /// <summary>Kills what still runs, waits until the storage has let go of the data folder, and shows what was written.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync().WaitAsync(EndLimit, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(1, Regions).Select(EndStorageAsync));
        foreach (var line in _lines)
            TestContext.Current.TestOutputHelper?.WriteLine($"| {line}");
        _process.Dispose();
        Service.Dispose();
    }

    /// <summary>Returns when each has ended.</summary>
    public static Task EndOfAsync(IEnumerable<Process> processes) => Task.WhenAll(
        processes.Select(process => process.WaitForExitAsync(Cancelled).WaitAsync(EndLimit, TimeProvider.System, Cancelled)));

    private async Task EndStorageAsync(int region)
    {
        using var storage = Storage(region);
        if (storage is null)
            return;
        try
        {
            await storage.WaitForExitAsync().WaitAsync(EndLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            storage.Kill();
        }
    }

    private void ReadLines()
    {
        void Keep(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is { } line)
                _lines.Enqueue(line);
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

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
