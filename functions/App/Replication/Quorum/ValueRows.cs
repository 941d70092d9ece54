namespace Serverless.Replication;

/// <summary>Fetches long values, which lie in rows of their own, from whichever of the key's sites has them.</summary>
internal sealed class ValueRows(IReadOnlyList<RowSite> sites)
{
    /// <summary>Bytes of values sent in one transaction: 2 MiB, which base64 and headers keep below Azure's 4 MiB. Further values go ahead, alone.</summary>
    public const int MostBytesPerTransaction = 2 * 1024 * 1024;

    /// <summary>The version with its value; null when no site that answers has it, because it was overwritten meanwhile or those nodes are down.</summary>
    public async Task<Version?> FetchAsync(ReplicaKey key, Version version, CancellationToken cancellationToken)
    {
        if (!version.IsUnfetched)
            return version;

        foreach (var site in sites)
        {
            var read = await site.Node.Replica.ReadAsync(site.Partition, site.ValueRow(key, version.Dot), cancellationToken);
            if (read is RowRead.Found(var row) && row.Data.Length == version.Length)
                return version with { Value = row.Data };
        }

        return null;
    }
}
