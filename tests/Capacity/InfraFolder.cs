namespace Serverless.Tests.Capacity;

/// <summary>A copy of the template with what it reads, where tests may write parameters beside it.</summary>
public sealed class InfraFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("serverless-infra-");

    public InfraFolder()
    {
        var infra = Path.Combine(Repository.Root, "infra");
        foreach (var file in Directory.EnumerateFiles(infra, "*", SearchOption.AllDirectories))
            Copy(file, Path.Combine("infra", Path.GetRelativePath(infra, file)));
        var queues = Path.Combine("functions", "App", "Queues", "queues.json");
        Copy(Path.Combine(Repository.Root, queues), queues);
    }

    /// <summary>The path of a file beside main.bicep.</summary>
    public string Beside(string name) => Path.Combine(_root.FullName, "infra", name);

    public void Dispose() => _root.Delete(recursive: true);

    private void Copy(string from, string to)
    {
        var target = Path.Combine(_root.FullName, to);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (File.Exists(from))
            File.Copy(from, target);
    }
}
