using System.Text.Json;
using Serverless.Local.Cloud;

namespace Serverless.Tests.Local;

public sealed class CloudInstallationTests : IDisposable
{
    private readonly CloudFolder _cache = new();

    [Fact]
    public async Task What_is_installed_is_not_installed_again()
    {
        var program = AzuriteInstallation.Locate(_cache.Path).Program;
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        await File.WriteAllTextAsync(program, "", TestContext.Current.CancellationToken);

        var installed = await AzuriteInstallation.EnsureAsync(
            null, TimeProvider.System, TestContext.Current.CancellationToken, _cache.Path);

        Assert.Equal(program, installed.Program);
        Assert.Single(Directory.GetDirectories(_cache.Path));
    }

    [Fact]
    public void The_lock_file_pins_the_same_version_and_no_registry()
    {
        var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(AzuriteInstallation.Wrapper)!, "package-lock.json"));
        using var pinned = JsonDocument.Parse(text);

        Assert.Equal(
            AzuriteInstallation.Version,
            pinned.RootElement.GetProperty("packages").GetProperty("node_modules/azurite").GetProperty("version").GetString());
        Assert.DoesNotContain("\"resolved\"", text, StringComparison.Ordinal);
    }

    public void Dispose() => _cache.Dispose();
}
