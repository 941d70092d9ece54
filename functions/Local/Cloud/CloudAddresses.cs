namespace Serverless.Local.Cloud;

/// <summary>Where everything of a local cloud is: all that a head needs to know of it, whoever supervises its storage.</summary>
public sealed class CloudAddresses
{
    private readonly IReadOnlyList<RegionLayout> _layouts;

    internal CloudAddresses(IReadOnlyList<RegionLayout> layouts)
    {
        _layouts = layouts;
        Regions = [.. layouts.Select(layout => layout.Name)];
        Nodes = [.. layouts.SelectMany(layout => layout.Nodes)];
        AllNodes = [.. layouts.SelectMany(layout => layout.AllNodes)];
    }

    /// <summary>"local-1", "local-2" and so on.</summary>
    public IReadOnlyList<string> Regions { get; }

    /// <summary>The nodes with which a cluster begins, by region.</summary>
    public IReadOnlyList<LocalNode> Nodes { get; }

    /// <summary>With those that may join later.</summary>
    public IReadOnlyList<LocalNode> AllNodes { get; }

    /// <summary>The addresses of a cloud whose own head listens at <paramref name="port"/>.</summary>
    public static CloudAddresses FromPort(int regions, int nodes, int port) => new(RegionLayout.FromPort(regions, nodes, port));

    /// <summary>Blobs, queues and tables of the region's first account.</summary>
    public string StorageConnectionString(string region) => Layout(region).ConnectionString;

    /// <summary>Whether the storage of at least one region answers.</summary>
    public async Task<bool> AnyAnswersAsync(CancellationToken cancellationToken) =>
        (await Task.WhenAll(_layouts.Select(layout => StorageProbe.AnswersAsync(layout, cancellationToken)))).Contains(true);

    internal RegionLayout Layout(string region) => _layouts.FirstOrDefault(layout => layout.Name == region)
        ?? throw new ArgumentException($"There is no region {region}; there are {string.Join(", ", Regions)}.", nameof(region));
}
