using System.Diagnostics;
using System.Text.RegularExpressions;
using Serverless.Local.Cloud;
using Serverless.Local.Head;

namespace Serverless.Tests.EndToEnd;

/// <summary>What the README tells a newcomer to type, typed.</summary>
public partial class ReadmeTests
{
    [Fact]
    public async Task The_first_five_minutes_answer_as_the_readme_says()
    {
        Assert.SkipUnless(File.Exists("/bin/sh") && File.Exists("/usr/bin/curl"), "Needs a POSIX shell and curl.");
        var script = FirstShellBlock().Match(await File.ReadAllTextAsync(Readme(), TestContext.Current.CancellationToken)).Groups[1].Value;
        var expected = Promise().Matches(script).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(expected);

        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions { Port = 0, InMemory = true }, cancellationToken: TestContext.Current.CancellationToken);
        await using var head = await CloudHead.StartAsync(cloud, 0, null, TestContext.Current.CancellationToken);
        var output = await RunAsync(script.Replace("http://localhost:7071/api", new Uri(head.Address, "api").ToString(), StringComparison.Ordinal));

        Assert.Equal(expected, StatusLine().Matches(output).Select(m => m.Groups[1].Value));
    }

    private static async Task<string> RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        return await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Readme()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "README.md");
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstShellBlock();

    // Calls inside $( ) show no status: they stand on lines without a promise.
    [GeneratedRegex(@"# (\d{3})")]
    private static partial Regex Promise();

    [GeneratedRegex(@"^HTTP/1\.1 (\d{3})", RegexOptions.Multiline)]
    private static partial Regex StatusLine();
}
