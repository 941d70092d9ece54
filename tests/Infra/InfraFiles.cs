using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Tests.Infra;

[assembly: AssemblyFixture(typeof(InfraFiles))]

namespace Serverless.Tests.Infra;

/// <summary>The infrastructure's files, compiled by the real compiler once for all tests, and how long that took.</summary>
public sealed class InfraFiles : IDisposable
{
    private readonly Lazy<BicepServer> _compiler = new(BicepServer.Start);
    private readonly ConcurrentDictionary<string, Lazy<Task<Deployment>>> _deployments = new(StringComparer.Ordinal);
    private readonly Lazy<Task<(JsonNode? Template, IReadOnlyList<string> Said)>> _main;
    private int _copies;
    private readonly DirectoryInfo _made = Directory.CreateTempSubdirectory("serverless-infra-");

    public InfraFiles() => _main = new(() => Timed("build", () => _compiler.Value.CompileAsync(PathOf("main.bicep"))));

    /// <summary>What took how long, in seconds.</summary>
    internal ConcurrentDictionary<string, double> Took { get; } = new(StringComparer.Ordinal);

    internal static string PathOf(string file) => Path.Combine(Repository.Root, "infra", file);

    /// <summary>The parameter files, by name without extension.</summary>
    internal static IEnumerable<string> Parameters => Directory.EnumerateFiles(PathOf("."), "*.bicepparam").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);

    internal Task<(JsonNode? Template, IReadOnlyList<string> Said)> MainAsync() => _main.Value;

    internal Task<string> SnapshotAsync(string file) => Timed("snapshot of " + Path.GetFileNameWithoutExtension(file), () => _compiler.Value.SnapshotAsync(file));

    /// <summary>What a parameter file stands for.</summary>
    internal Task<Deployment> DeploymentAsync(string name) =>
        _deployments.GetOrAdd(name, _ => new(() => Deployment.OfAsync(_compiler.Value, PathOf(name + ".bicepparam")))).Value;

    /// <summary>What a parameter file with this text would stand for; "main.bicep" in it is the template.</summary>
    internal async Task<Deployment> MadeAsync(string name, string text)
    {
        var file = Path.Combine(_made.FullName, name + ".bicepparam");
        await File.WriteAllTextAsync(file, text.Replace("'main.bicep'", $"'{Path.GetRelativePath(_made.FullName, PathOf("main.bicep")).Replace('\\', '/')}'", StringComparison.Ordinal));
        return await Deployment.OfAsync(_compiler.Value, file);
    }

    /// <summary>What a parameter file would stand for if one line of one file were another.</summary>
    internal async Task<Deployment> BrokenAsync(string name, string file, string line, string broken, bool whole)
    {
        var copy = _made.CreateSubdirectory(string.Create(CultureInfo.InvariantCulture, $"copy-{Interlocked.Increment(ref _copies)}"));
        foreach (var one in (string[])["infra", "functions/App/Queues"])
            Copy(Path.Combine(Repository.Root, one), Path.Combine(copy.FullName, one));
        var path = Path.GetFullPath(Path.Combine(copy.FullName, "infra", file));
        var before = (await File.ReadAllTextAsync(path)).ReplaceLineEndings("\n");
        Assert.Contains(line, before, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, before.Replace(line, broken, StringComparison.Ordinal));

        return await Deployment.OfAsync(_compiler.Value, Path.Combine(copy.FullName, "infra", name + ".bicepparam"), whole);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var into = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(into)!);
            File.Copy(file, into);
        }
    }

    internal async Task<T> Timed<T>(string what, Func<Task<T>> work)
    {
        var started = Stopwatch.GetTimestamp();
        var done = await work();
        Took[what] = Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 2);
        return done;
    }

    internal string Times() => string.Join(", ", Took.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.Value:0.00} s")));

    public void Dispose()
    {
        if (_compiler.IsValueCreated)
            _compiler.Value.Dispose();
        _made.Delete(true);
    }
}
