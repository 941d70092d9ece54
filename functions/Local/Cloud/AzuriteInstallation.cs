using System.Text.Json;

namespace Serverless.Local.Cloud;

/// <summary>The pinned Azurite, from <see cref="NpmPackages"/>.</summary>
internal sealed class AzuriteInstallation
{
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
    public static AzuriteInstallation Locate(string? cache = null) => new(Packages(cache).Folder);

    /// <summary>Installs what is missing; does nothing when it is there.</summary>
    public static async Task<AzuriteInstallation> EnsureAsync(
        IProgress<string>? progress, TimeProvider clock, CancellationToken cancellationToken, string? cache = null) =>
        new(await Packages(cache).EnsureAsync(progress, clock, cancellationToken));

    private static NpmPackages Packages(string? cache) => new("azurite", "the local storage", PinFolder, cache);
}
