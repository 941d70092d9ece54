using System.Collections;
using System.Diagnostics;
using Microsoft.Playwright;
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

    /// <summary>Starts it. It draws with the same font on every machine, Korean included.</summary>
    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright, CancellationToken cancellationToken) => await playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Installed() ?? Path.Combine(await MadeAsync("chromium", cancellationToken), "chromium"),
        Args = ["--no-sandbox"],
        Env = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(one => KeyValuePair.Create((string)one.Key, (string)one.Value!))
            .Append(KeyValuePair.Create("FONTCONFIG_FILE", Path.Combine(await MadeAsync("fonts", cancellationToken), "fonts.conf"))),
    });

    private static string? Installed()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).Concat(Places).FirstOrDefault(File.Exists);
    }

    // What a script of the same name makes of the packages, in a folder that is complete when it is there; the script runs beside them, for there it finds them.
    private static async Task<string> MadeAsync(string name, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(await PackagesAsync(cancellationToken), name);
        await CachedFolder.EnsureAsync(
            folder,
            async workplace =>
            {
                var script = Path.Combine(workplace, $"{name}.mjs");
                File.Copy(Path.Combine(Pins, $"{name}.mjs"), script);
                var start = new ProcessStartInfo("node", [script]) { WorkingDirectory = workplace, Environment = { ["TMPDIR"] = workplace } };
                var (exitCode, output) = await NodeRuntime.RunAsync(start, cancellationToken);
                if (exitCode != 0)
                    throw new LocalCloudException($"The browser's {name} could not be made: {output.Trim()}");
            },
            TimeProvider.System);
        return folder;
    }

    private static Task<string> PackagesAsync(CancellationToken cancellationToken) =>
        new NpmPackages("browser", "a browser for the tests", Pins).EnsureAsync(null, TimeProvider.System, cancellationToken);
}
