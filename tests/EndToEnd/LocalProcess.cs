using System.Diagnostics;
using System.Globalization;
using Serverless.Local.Cloud;

namespace Serverless.Tests.EndToEnd;

/// <summary>The local cloud as processes of its own: "up" on a data folder, and the storage that it started.</summary>
internal sealed class LocalProcess : IAsyncDisposable
{
    /// <summary>Regions of the cloud, each with a storage process; their numbers begin at 1.</summary>
    public const int Regions = 3;

    private const int PortsTaken = 100 + 10 * Regions;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    // Start times are read back with the precision of the system's boot time.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    private readonly HeadProcess _head;
    private readonly string _data;
    private readonly string[] _options;

    private LocalProcess(HeadProcess head, string data, string[] options) => (_head, _data, _options) = (head, data, options);

    public Uri Address => _head.Address;

    /// <inheritdoc cref="HeadProcess.Service"/>
    public HttpClient Service => _head.Service;

    /// <inheritdoc cref="HeadProcess.ReadyAfter"/>
    public TimeSpan ReadyAfter => _head.ReadyAfter;

    /// <inheritdoc cref="HeadProcess.Lines"/>
    public IReadOnlyCollection<string> Lines => _head.Lines;

    /// <summary>A port whose neighbours, where the storage listens, are free too.</summary>
    public static int FreePort() => FreePorts.Choose(PortsTaken, new Random(Environment.ProcessId));

    /// <summary>Returns when it is healthy and has said that it is ready.</summary>
    public static async Task<LocalProcess> StartAsync(string data, int port, params string[] options)
    {
        var local = new LocalProcess(HeadProcess.Launch(port, ["up", "--data", data, .. options]), data, options);
        try
        {
            await local._head.ReadyAsync();
            return local;
        }
        catch
        {
            await local.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more head on this cloud's storage, in a region by number; not waited for.</summary>
    public HeadProcess LaunchHead(int region, int port) =>
        HeadProcess.Launch(port, ["head", "--cloud", $"{Address.Port}", "--region", $"{region}", "--data", _data, .. _options]);

    /// <inheritdoc cref="HeadProcess.SaysAsync"/>
    public Task SaysAsync(string text, TimeSpan limit) => _head.SaysAsync(text, limit);

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
        await HeadProcess.EndOfAsync([storage]);
    }

    /// <summary>Ends the head with SIGKILL; its storage processes are left to themselves.</summary>
    public Task KillAsync() => _head.KillAsync();

    /// <inheritdoc cref="HeadProcess.StopAsync"/>
    public Task<int> StopAsync() => _head.StopAsync();

    /// <summary>Kills what still runs, waits until the storage has let go of the data folder, and shows what was written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _head.DisposeAsync();
        await Task.WhenAll(Enumerable.Range(1, Regions).Select(EndStorageAsync));
    }

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
}
