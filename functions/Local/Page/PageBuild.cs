using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Serverless.Local.Cloud;

namespace Serverless.Local.Page;

/// <summary>The chat page, built from its sources (functions/Web) by the pinned Vite. One build for all that have the same sources.</summary>
internal sealed class PageBuild
{
    private static readonly string Sources = Path.Combine(AppContext.BaseDirectory, "web");

    private readonly NpmPackages _packages;
    private readonly string _build;

    private PageBuild(string? cache)
    {
        _packages = new NpmPackages("page", "what the chat page is built with", Sources, cache);

        // Below the packages: there the build finds them.
        _build = Path.Combine(_packages.Folder, $"page-{HashOfSources()[..16]}");
    }

    /// <summary>The files to serve.</summary>
    public string Folder => Path.Combine(_build, "dist");

    public bool IsComplete => Directory.Exists(Folder);

    /// <summary>Where the page is or will be.</summary>
    public static PageBuild Locate(string? cache = null) => new(cache);

    /// <summary>Builds it unless that was done before.</summary>
    /// <exception cref="LocalCloudException">It cannot be built; the message says why in a sentence.</exception>
    public static async Task<PageBuild> EnsureAsync(IProgress<string>? progress, TimeProvider clock, CancellationToken cancellationToken, string? cache = null)
    {
        var page = new PageBuild(cache);
        if (page.IsComplete)
            return page;
        await page._packages.EnsureAsync(progress, clock, cancellationToken);
        progress?.Report("Building the chat page (once)");
        await CachedFolder.EnsureAsync(page._build, workplace => RunAsync(page._packages.Folder, workplace, cancellationToken), clock);
        return page;
    }

    private static async Task RunAsync(string packages, string workplace, CancellationToken cancellationToken)
    {
        foreach (var (name, file) in Files())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(workplace, name))!);
            File.Copy(file, Path.Combine(workplace, name));
        }

        var (exitCode, output) = await NodeRuntime.RunAsync(
            new ProcessStartInfo("node", [Path.Combine(packages, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "error"]) { WorkingDirectory = workplace }, cancellationToken);
        if (exitCode != 0)
            throw new LocalCloudException($"The chat page could not be built: {output.Trim()}");
    }

    private static string HashOfSources()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, file) in Files())
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\n"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // What becomes part of the page, or says how: not its tests and checks.
    private static IEnumerable<(string Name, string File)> Files() => Directory.EnumerateFiles(Sources, "*", SearchOption.AllDirectories)
        .Select(file => (Name: Path.GetRelativePath(Sources, file).Replace('\\', '/'), File: file))
        .Where(one => !one.Name.StartsWith("tests/", StringComparison.Ordinal) && !one.Name.StartsWith("contract/", StringComparison.Ordinal))
        .OrderBy(one => one.Name, StringComparer.Ordinal);
}
