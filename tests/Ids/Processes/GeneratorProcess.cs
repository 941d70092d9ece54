using System.Collections.Concurrent;
using System.Diagnostics;
using Serverless.Tests.EndToEnd;

namespace Serverless.Tests.Ids;

/// <summary>
/// A process that issues ids without end and marks each in a shared file. It is a verb of the benchmarks: their program stands in the tests' output already built with all that
/// it needs, and the tests' own would have to get by its test runner first.
/// </summary>
internal sealed class GeneratorProcess : IDisposable
{
    /// <summary>Lanes of the file that it uses.</summary>
    public const int Lanes = 2;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private GeneratorProcess(Process process) => _process = process;

    public bool HasEnded => _process.HasExited;

    /// <summary>Of one that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What it has written so far.</summary>
    public string Lines => string.Join('\n', _lines);

    /// <param name="settings">As the app's configuration has them.</param>
    /// <param name="file">Where it marks.</param>
    /// <param name="first">The first millisecond that the file has room for.</param>
    /// <param name="lane">The first of its lanes.</param>
    public static GeneratorProcess Start(IReadOnlyDictionary<string, string?> settings, string file, long first, int lane)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Bench.Program).Assembly.Location, "ids", "generate", file, $"{first}", $"{lane}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;

        // It starts many times, and never for long.
        start.Environment["DOTNET_TieredPGO"] = "0";
        var generator = new GeneratorProcess(Process.Start(start)!);
        generator._process.ReadInto(generator._lines);
        return generator;
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    /// <summary>Sends a signal by name.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends its input, and with that itself.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await EndAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private Task EndAsync() => HeadProcess.EndOfAsync([_process]);
}
