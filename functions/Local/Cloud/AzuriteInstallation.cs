using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Serverless.Local.Cloud;

/// <summary>
/// The pinned Azurite in a folder of the user's, named by the hash of its lock file: installed once, then shared by every
/// clone and version that pins the same.
/// </summary>
internal sealed class AzuriteInstallation
{
    private static readonly string[] PinFiles = ["package.json", "package-lock.json", ".npmrc"];

    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private AzuriteInstallation(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Azurite's own program, all three services in one process.</summary>
    public string Program => Path.Combine(Folder, "node_modules", "azurite", "dist", "src", "azurite.js");

    /// <summary>The wrapper that runs <see cref="Program"/> and ends with its parent.</summary>
    public static string Wrapper => Path.Combine(PinFolder, "azurite-child.mjs");

    /// <summary>The pinned version, from package.json.</summary>
    public static string Version
    {
        get
        {
            using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(PinFolder, "package.json")));
            return package.RootElement.GetProperty("dependencies").GetProperty("azurite").GetString()!;
        }
    }

    public bool IsComplete => File.Exists(Program);

    private static string PinFolder => Path.Combine(AppContext.BaseDirectory, "azurite");

    /// <summary>Where the pinned Azurite is or will be.</summary>
    public static AzuriteInstallation Locate(string? cache = null)
    {
        var hash = SHA256.HashData(File.ReadAllBytes(Path.Combine(PinFolder, "package-lock.json")));
        return new(Path.Combine(cache ?? UserCache(), $"azurite-{Convert.ToHexStringLower(hash)[..16]}"));
    }

    /// <summary>Installs what is missing; does nothing when it is there.</summary>
    public static async Task<AzuriteInstallation> EnsureAsync(
        IProgress<string>? progress, TimeProvider clock, CancellationToken cancellationToken, string? cache = null)
    {
        await NodeRuntime.RequireAsync(cancellationToken);
        var installation = Locate(cache);
        if (!installation.IsComplete)
        {
            progress?.Report("Installing the local storage (once)");
            await installation.InstallAsync(clock, cancellationToken);
        }

        return installation;
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
                File.Copy(Path.Combine(PinFolder, file), Path.Combine(workplace.FullName, file));
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

    private static async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
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
                    $"The local storage could not be installed; check that npm reaches its registry and run this again (npm: {reason}).");
            }
        }
        catch (Win32Exception)
        {
            throw new LocalCloudException(
                "npm, which installs the local storage, was not found: install Node.js with npm from https://nodejs.org and run this again.");
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
