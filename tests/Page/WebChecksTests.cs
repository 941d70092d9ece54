using System.Diagnostics;
using Serverless.Local.Cloud;

namespace Serverless.Tests.Page;

/// <summary>What the page's own tools say of its sources.</summary>
public class WebChecksTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_laws_of_its_state_and_of_its_sync_hold()
    {
        using var web = await Sources.CopyAsync();
        await web.RunAsync("vitest/vitest.mjs", "run");
    }

    [Fact]
    public async Task Its_types_fit_together_and_fit_openapi_json()
    {
        using var web = await Sources.CopyAsync();
        await web.RunAsync("typescript/bin/tsc", "--noEmit");
        var document = Path.Combine(web.Folder, "openapi.json");
        await File.WriteAllTextAsync(document, await cloud.Nobody.GetStringAsync(new Uri("api/openapi.json", UriKind.Relative), Cancelled), Cancelled);
        await web.RunAsync("openapi-typescript/bin/cli.js", document, "-o", "contract/openapi.ts");
        await web.RunAsync("typescript/bin/tsc", "--noEmit", "-p", "contract");

        // The check notices what it is there for.
        var types = Path.Combine(web.Folder, "contract", "openapi.ts");
        await File.WriteAllTextAsync(types, (await File.ReadAllTextAsync(types, Cancelled)).Replace("recovered: boolean", "complete: boolean", StringComparison.Ordinal), Cancelled);
        await web.RefusesAsync("typescript/bin/tsc", "--noEmit", "-p", "contract");
    }

    /// <summary>A copy of the page's sources where its tools are found.</summary>
    private sealed class Sources : IDisposable
    {
        private readonly string _packages;

        private Sources(string packages) => (_packages, Folder) = (packages, Directory.CreateDirectory(Path.Combine(packages, $"check-{Guid.CreateVersion7():n}")).FullName);

        public string Folder { get; }

        private static string Web => Path.Combine(AppContext.BaseDirectory, "web");

        public static async Task<Sources> CopyAsync()
        {
            var copy = new Sources(await new NpmPackages("page-tools", "the tools of the chat page", Web, withTools: true).EnsureAsync(null, TimeProvider.System, Cancelled));
            foreach (var file in Directory.EnumerateFiles(Web, "*", SearchOption.AllDirectories))
            {
                var to = Path.Combine(copy.Folder, Path.GetRelativePath(Web, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }

            return copy;
        }

        public async Task RunAsync(string tool, params string[] arguments)
        {
            var (exitCode, output) = await ToolAsync(tool, arguments);
            Assert.True(exitCode == 0, output);
        }

        public async Task RefusesAsync(string tool, params string[] arguments) => Assert.NotEqual(0, (await ToolAsync(tool, arguments)).ExitCode);

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private Task<(int ExitCode, string Output)> ToolAsync(string tool, string[] arguments) =>
            NodeRuntime.RunAsync(new ProcessStartInfo("node", [Path.Combine(_packages, "node_modules", tool), .. arguments]) { WorkingDirectory = Folder }, Cancelled);
    }
}
