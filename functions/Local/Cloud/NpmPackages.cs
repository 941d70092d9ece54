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

    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly string _what;
    private readonly string _pins;

    /// <param name="name">Of the packages together, for the folder.</param>
    /// <param name="what">What they are, for the user.</param>
    /// <param name="pins">The folder of package.json, package-lock.json and .npmrc.</param>
    /// <param name="cache">Where folders of packages are kept; a folder of the user's by default.</param>
    public NpmPackages(string name, string what, string pins, string? cache = null)
    {
        (_what, _pins) = (what, pins);
        var hash = SHA256.HashData(File.ReadAllBytes(Path.Combine(pins, "package-lock.json")));
        Folder = Path.Combine(cache ?? UserCache(), $"{name}-{Convert.ToHexStringLower(hash)[..16]}");
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

    // Into a folder beside, then moved: a folder with the final name is always complete, whoever else installs meanwhile.
    private async Task InstallAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(Folder)!);
        DeleteAbandoned(parent, clock);
        var workplace = parent.CreateSubdirectory($"installing-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        try
        {
            foreach (var file in PinFiles)
                File.Copy(Path.Combine(_pins, file), Path.Combine(workplace.FullName, file));
            await RunNpmAsync(workplace.FullName, cancellationToken);
            Directory.Move(workplace.FullName, Folder);
        }
        catch (IOException) when (IsComplete)
        {
            // Another process was first.
        }
        finally
        {
            DeleteQuietly(workplace);
        }
    }

    private async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            NodeRuntime.Npm, ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
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

    private static string UserCache()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "serverless");
    }

    private static void DeleteAbandoned(DirectoryInfo parent, TimeProvider clock)
    {
        foreach (var folder in parent.EnumerateDirectories("installing-*"))
        {
            if (clock.GetUtcNow() - folder.LastWriteTimeUtc > AbandonedAfter)
                DeleteQuietly(folder);
        }
    }

    private static void DeleteQuietly(DirectoryInfo folder)
    {
        try
        {
            folder.Refresh();
            if (folder.Exists)
                folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Left for the next installation to delete.
        }
    }
}
