using System.Diagnostics;
using Serverless.Local.Cloud;

namespace Serverless.Tests.Page;

/// <summary>A Chrome or Chromium to drive: the one that is installed, else that of npm, which needs no system packages.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"];

    private static readonly string[] Places =
    [
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];

    private static string Pins => Path.Combine(AppContext.BaseDirectory, "npm-browser");

    /// <summary>axe-core, the checker of accessibility, as a script.</summary>
    public static async Task<string> AxeAsync(CancellationToken cancellationToken) =>
        await File.ReadAllTextAsync(Path.Combine(await PackagesAsync(cancellationToken), "node_modules", "axe-core", "axe.min.js"), cancellationToken);

    /// <summary>Where the program is.</summary>
    public static async Task<string> FindAsync(CancellationToken cancellationToken) => Installed() ?? await FromNpmAsync(cancellationToken);

    private static string? Installed()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).Concat(Places).FirstOrDefault(File.Exists);
    }

    // It is unpacked into the folder for temporary files; here that is one of its own, which is complete when it is there.
    private static async Task<string> FromNpmAsync(CancellationToken cancellationToken)
    {
        var packages = await PackagesAsync(cancellationToken);
        var folder = Path.Combine(packages, "unpacked");
        await CachedFolder.EnsureAsync(
            folder,
            async workplace =>
            {
                // Beside the packages, for there it finds them.
                var script = Path.Combine(workplace, "chromium.mjs");
                File.Copy(Path.Combine(Pins, "chromium.mjs"), script);
                var start = new ProcessStartInfo("node", [script]) { WorkingDirectory = workplace, Environment = { ["TMPDIR"] = workplace } };
                var (exitCode, output) = await NodeRuntime.RunAsync(start, cancellationToken);
                if (exitCode != 0)
                    throw new LocalCloudException($"Chromium could not be unpacked: {output.Trim()}");
            },
            TimeProvider.System);
        return Path.Combine(folder, "chromium");
    }

    private static Task<string> PackagesAsync(CancellationToken cancellationToken) =>
        new NpmPackages("browser", "a browser for the tests", Pins).EnsureAsync(null, TimeProvider.System, cancellationToken);
}
