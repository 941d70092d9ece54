using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Serverless.Local.Cloud;

/// <summary>
/// Packages from npm, pinned by a lock file, in a folder of the user's that is named by the lock file's hash: installed once, then shared by every clone and version that pins the same.
/// </summary>
internal sealed class NpmPackages
{
    private static readonly string[] PinFiles = ["package.json", "package-lock.json", ".npmrc"];

    private readonly string _what;
    private readonly string _pins;
    private readonly bool _withTools;

    /// <param name="name">Of the packages together, for the folder.</param>
    /// <param name="what">What they are, for the user.</param>
    /// <param name="pins">The folder of package.json, package-lock.json and .npmrc.</param>
    /// <param name="cache">Where folders of packages are kept; a folder of the user's by default.</param>
    /// <param name="withTools">Also those that only its own development needs.</param>
    public NpmPackages(string name, string what, string pins, string? cache = null, bool withTools = false)
    {
        (_what, _pins, _withTools) = (what, pins, withTools);
        var hash = SHA256.HashData(File.ReadAllBytes(Path.Combine(pins, "package-lock.json")));
        Folder = Path.Combine(cache ?? CachedFolder.OfUser(), $"{name}-{Convert.ToHexStringLower(hash)[..16]}");
    }

    /// <summary>Where they are or will be, in node_modules.</summary>
    public string Folder { get; }

    private bool IsComplete => Directory.Exists(Path.Combine(Folder, "node_modules"));

    /// <summary>Installs them when they are not there; returns <see cref="Folder"/>.</summary>
    public async Task<string> EnsureAsync(IProgress<string>? progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        await NodeRuntime.RequireAsync(cancellationToken);
        if (!IsComplete)
        {
            progress?.Report($"Installing {_what} (once)");
            await InstallAsync(clock, cancellationToken);
        }

        return Folder;
    }

    private Task InstallAsync(TimeProvider clock, CancellationToken cancellationToken) => CachedFolder.EnsureAsync(
        Folder,
        async workplace =>
        {
            foreach (var file in PinFiles)
                File.Copy(Path.Combine(_pins, file), Path.Combine(workplace, file));
            await RunNpmAsync(workplace, cancellationToken);
        },
        clock);

    private async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            NodeRuntime.Npm, ["ci", _withTools ? "--include=dev" : "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        { WorkingDirectory = folder };
        try
        {
            var (exitCode, output) = await NodeRuntime.RunAsync(start, cancellationToken);
            if (exitCode != 0)
            {
                var reason = output.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "no message";
                throw new LocalCloudException(
                    $"{char.ToUpperInvariant(_what[0])}{_what[1..]} could not be installed; check that npm reaches its registry and run this again (npm: {reason}).");
            }
        }
        catch (Win32Exception)
        {
            throw new LocalCloudException(
                $"npm, which installs {_what}, was not found: install Node.js with npm from https://nodejs.org and run this again.");
        }
    }
}
