using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Bench.Limits;

/// <summary>A redis-server of our own, in memory, on the loopback address: that of the system, or its package where that can be installed.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private RedisServer(Process process, string address) => (_process, Address) = (process, address);

    public string Address { get; }

    /// <summary>Null where there is none to be had.</summary>
    public static async Task<RedisServer?> StartAsync()
    {
        if (!await RunsAsync("redis-server", ["--version"], StartLimit) && !await InstallAsync())
            return null;
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < StartLimit; await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System))
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return new RedisServer(process, $"127.0.0.1:{port}");
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        process.Kill();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> InstallAsync() =>
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
        && await RunsAsync("apt-get", ["update"], InstallLimit)
        && await RunsAsync("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], InstallLimit);

    private static async Task<bool> RunsAsync(string program, string[] arguments, TimeSpan limit)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" },
            })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await process.WaitForExitAsync().WaitAsync(limit, TimeProvider.System);
            return process.ExitCode == 0;
        }
        catch (Exception missing) when (missing is Win32Exception or TimeoutException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
