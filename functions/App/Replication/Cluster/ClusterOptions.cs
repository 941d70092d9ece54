namespace Serverless.Replication;

/// <summary>Configuration section "Cluster": where this instance runs and which table endpoints there are.</summary>
public sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>The region of this instance; the nodes in it are asked first.</summary>
    public string Region { get; set; } = "";

    /// <summary>
    /// The nodes whose endpoints are known here, at least one; all stamps configure the same. Which of them are members, and which others, says the stored
    /// document. A new cluster begins when all of them answer and none has a document.
    /// </summary>
    public List<NodeOptions> Nodes { get; set; } = [];

    /// <summary>Where a member is: as configured, else at its own endpoint with the managed identity. Null when neither is known.</summary>
    public NodeOptions? NodeOf(ClusterMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return Nodes.Find(n => n.Id == member.Id)
            ?? (member.Endpoint is { } endpoint ? new NodeOptions { Id = member.Id, Region = member.Region, Weight = member.Weight, Endpoint = endpoint } : null);
    }

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem() =>
        Nodes.Count == 0 ? "Cluster:Nodes is empty: name at least one table endpoint."
        : Region.Length == 0 ? "Cluster:Region is missing: name the region this instance runs in."
        : Nodes.Find(n => n.Id.Length == 0 || n.Region.Length == 0 || n.Endpoint is null) is not null
            ? "Each of Cluster:Nodes needs Id, Region and Endpoint."
        : Nodes.GroupBy(n => n.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? $"Cluster:Nodes names '{twice.Key}' twice."
        : null;
}

/// <summary>One node: a table endpoint in a region, its own storage account in Azure.</summary>
public sealed class NodeOptions
{
    /// <summary>Unique in the cluster; never reused for another account.</summary>
    public string Id { get; set; } = "";

    public string Region { get; set; } = "";

    /// <summary>Share of the keys in relation to other nodes: 1 to 1,000, default 100.</summary>
    public int Weight { get; set; } = 100;

    /// <summary>Of the table service, such as https://account.table.core.windows.net.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Whether it is a member of a cluster that is created with this configuration; default true. Others are known, and may join at run time.</summary>
    public bool Founding { get; set; } = true;

    /// <summary>Account name and key, for Azurite only; in Azure both are absent and the managed identity is used.</summary>
    public string? Account { get; set; }

    public string? Key { get; set; }
}
