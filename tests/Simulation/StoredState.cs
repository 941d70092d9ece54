using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>What the nodes hold in the end, read from their rows and with none of the code that keeps trees: are all replicas and trees equal, do trees say what the rows say, and is there nothing where it does not belong?</summary>
internal static class StoredState
{
    /// <param name="document">The membership in force.</param>
    /// <param name="rowsOf">Everything that a node holds.</param>
    public static IEnumerable<string> Broken(ClusterDocument document, Func<string, IReadOnlyList<(string Partition, Row Row)>> rowsOf)
    {
        var ring = document.ToRing();
        var stored = document.Nodes.ToDictionary(node => node.Id, node => rowsOf(node.Id).ToLookup(row => row.Partition, row => row.Row));
        foreach (var (node, rows) in stored)
        {
            foreach (var hint in rows.Where(partition => partition.Key.StartsWith("hints.", StringComparison.Ordinal)).SelectMany(partition => partition))
                yield return $"{node} still keeps the hint {hint.Name}";
        }

        for (var partition = 0; partition < document.Partitions; partition++)
        {
            var name = PartitionNames.Of(partition);
            string[] owners = [.. ring.Owners(partition).ToArray().Select(owner => owner.Id)];
            foreach (var other in stored.Keys.Except(owners).Where(other => stored[other][name].Any()))
                yield return $"{other} owns nothing of partition {name} and still keeps {stored[other][name].First().Name}";
            var hashes = owners.Select(owner => Hashes(stored[owner][name])).ToList();
            if (hashes.Exists(held => !held.SequenceEqual(hashes[0])))
                yield return $"the owners of partition {name} differ";
            foreach (var (owner, held) in owners.Zip(hashes))
            {
                if (!Leaves(stored[owner][name]).SequenceEqual(held))
                    yield return $"the leaves of partition {name} on {owner} are not those of its rows";
                if (stored[owner][name].Any(row => row.Name.StartsWith(LogRow.First, StringComparison.Ordinal)))
                    yield return $"the log of partition {name} on {owner} is not rolled up";
            }
        }
    }

    private static IReadOnlyList<(string Row, UInt128 Hash)> Hashes(IEnumerable<Row> rows) =>
    [
        .. rows.Where(row => ReplicaKey.FromRow(row.Name) is not null)
            .Select(row => (row.Name, ReplicaRowCodec.Decode(row.Data).Hash()))
            .Where(row => row.Item2 != UInt128.Zero)
            .OrderBy(row => row.Name, StringComparer.Ordinal),
    ];

    private static IEnumerable<(string Row, UInt128 Hash)> Leaves(IEnumerable<Row> rows) => rows
        .Where(row => row.Name.StartsWith("0.leaf.", StringComparison.Ordinal))
        .SelectMany(row => LeafPage.TryDecode(row.Data)!.Entries.Select(entry => (entry.Key, entry.Value.Hash)))
        .OrderBy(entry => entry.Key, StringComparer.Ordinal);
}
