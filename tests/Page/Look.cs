using System.Text.Json;
using Microsoft.Playwright;

namespace Serverless.Tests.Page;

/// <summary>Looks at states of the page: draws each into the folder "screens" beside the tests' program, and has axe-core check it.</summary>
/// <param name="name">What the pictures' names begin with.</param>
internal sealed class Look(string name)
{
    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screens")).FullName;

    private static Task<string>? _axe;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>What was found, a line each.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Draws and checks a state.</summary>
    public async Task AtAsync(IPage page, string state)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{state}.png") });
        Violations.AddRange((await ViolationsAsync(page)).Select(violation => $"{name}-{state}: {violation}"));
    }

    /// <summary>What axe-core finds of impact serious or critical.</summary>
    public static async Task<List<string>> ViolationsAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.EvaluateAsync(await (_axe ??= Chromium.AxeAsync(Cancelled)));
        var result = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        return [.. result.GetProperty("violations").EnumerateArray()
            .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(violation => $"{violation.GetProperty("id")}: {violation.GetProperty("help")}: {string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Select(node => $"{node.GetProperty("html")} {node.GetProperty("failureSummary")}"))}")];
    }
}
