using System.Security.Cryptography;
using System.Text;
using Serverless.Local.Inbox;

namespace Serverless.Local.Cloud;

/// <summary>Names, ports, accounts and keys of one region: they follow from the region's number and its first port alone.</summary>
/// <param name="Number">1 to 9.</param>
/// <param name="NodeCount">Nodes with which a cluster begins: 1 to 9.</param>
/// <param name="BlobPort">The first of three ports: blobs, queues, tables.</param>
internal sealed record RegionLayout(int Number, int NodeCount, int BlobPort)
{
    /// <summary>Ports a region takes.</summary>
    public const int PortCount = 3;

    public string Name => $"local-{Number}";

    /// <summary>Name of the region's data folder.</summary>
    public string Folder => $"r{Number}";

    public int QueuePort => BlobPort + 1;

    public int TablePort => BlobPort + 2;

    public IReadOnlyList<int> Ports => [BlobPort, QueuePort, TablePort];

    /// <summary>Those with which a cluster begins.</summary>
    public IReadOnlyList<LocalNode> Nodes => [.. AllNodes.Take(NodeCount)];

    /// <summary>With those that may join later.</summary>
    public IReadOnlyList<LocalNode> AllNodes => [.. Enumerable.Range(1, LocalCloudOptions.MaxNodes).Select(Node)];

    /// <summary>The value of Azurite's AZURITE_ACCOUNTS: an account that nobody uses costs nothing.</summary>
    public string Accounts => string.Join(';', AllNodes.Select(node => $"{node.Account}:{node.Key}"));

    /// <summary>Blobs, queues and tables of the region's first account.</summary>
    public string ConnectionString
    {
        get
        {
            var account = Nodes[0].Account;
            return $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Nodes[0].Key};" +
                $"BlobEndpoint=http://127.0.0.1:{BlobPort}/{account};QueueEndpoint=http://127.0.0.1:{QueuePort}/{account};" +
                $"TableEndpoint=http://127.0.0.1:{TablePort}/{account};";
        }
    }

    /// <summary>The layouts of a cloud whose head listens at <paramref name="port"/>.</summary>
    public static IReadOnlyList<RegionLayout> FromPort(int regions, int nodes, int port) =>
        [.. Enumerable.Range(0, regions).Select(region => new RegionLayout(region + 1, nodes, port + 100 + 10 * region))];

    /// <summary>The port of the head, those of its providers and those of every region, for options whose port is not 0.</summary>
    public static IReadOnlyList<int> AllPorts(LocalCloudOptions options) =>
        [options.Port, .. LocalProviders.Ports(options.Port), .. FromPort(options.Regions, options.NodesPerRegion, options.Port).SelectMany(region => region.Ports)];

    private LocalNode Node(int node)
    {
        var account = Account(node);
        return new($"{Name}-{(char)('a' + node - 1)}", Name, new Uri($"http://127.0.0.1:{TablePort}/{account}"), account, Key(account));
    }

    private string Account(int node) => $"r{Number}n{node}";

    private static string Key(string account) =>
        Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes($"local key of {account}")));
}
