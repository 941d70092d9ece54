using System.Globalization;

namespace Serverless.Tests.Local;

/// <summary>A data folder of a test's own, deleted afterwards.</summary>
internal sealed class CloudFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serverless-cloud-");

    public string Path => _folder.FullName;

    /// <summary>The number of a region's last storage process.</summary>
    public int ProcessId(int region) =>
        int.Parse(File.ReadAllLines(System.IO.Path.Combine(Path, $"r{region}", "run"))[1], CultureInfo.InvariantCulture);

    /// <summary>Whether a region's last run left the marker of a graceful end.</summary>
    public bool IsClean(int region) => File.Exists(System.IO.Path.Combine(Path, $"r{region}", "clean"));

    public void Dispose() => _folder.Delete(recursive: true);
}
