using System.Text;

namespace Serverless.Replication;

/// <summary>
/// The digests that one node holds: one row per stamp and node in the partition "gossip" of its table. They are only news: a node
/// that loses them is told again. Each is changed by compare-and-swap.
/// </summary>
internal sealed class DigestRows(Node node, TimeProvider clock)
{
    /// <summary>Stamps times nodes, at most: 1,000, which is one page of rows. What is beyond is not gossiped.</summary>
    public const int MostRows = 1_000;

    /// <summary>How long a node may take to list them: 1 s. They are few, so a node that takes longer does not answer.</summary>
    public static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(1);

    /// <summary>Swaps tried on one row: each loss means that another instance's word was written, and the next word comes soon.</summary>
    private const int MostSwaps = 8;

    private const string Partition = "gossip";

    // No room is called "0", so no row of a key is among them.
    private const string First = "0.";
    private const string AfterLast = "0/";

    private readonly Dictionary<string, (HealthDigest? Digest, string ETag)> _rows = new(StringComparer.Ordinal);

    /// <summary>The digests as last seen. A row that no version of this code wrote is none.</summary>
    public IEnumerable<HealthDigest> All => _rows.Values.Select(r => r.Digest).OfType<HealthDigest>();

    public static string RowOf(string stamp, string node) => $"{First}{Encode(stamp)}.{Encode(node)}";

    /// <summary>False when the node did not answer.</summary>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(ListLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var answer = await node.Replica.ListAsync(Partition, First, AfterLast, MostRows, either.Token);
        if (answer is not RowList.Page(var rows))
        {
            // The guard allows a page of rows more time, so it takes this for a caller that went away.
            if (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                node.Health.Failed();
            return false;
        }

        _rows.Clear();
        foreach (var row in rows)
            Keep(row.Name, row);
        return true;
    }

    /// <summary>Changes one row until the change holds. False when the node did not answer or others were always faster.</summary>
    /// <param name="change">From the digest there, or null, to the one to be there; the same one or null: nothing to change. Called again after a lost swap.</param>
    public async Task<bool> SwapAsync(string stamp, string about, Func<HealthDigest?, HealthDigest?> change, CancellationToken cancellationToken)
    {
        var name = RowOf(stamp, about);
        for (var swaps = 0; swaps < MostSwaps; swaps++)
        {
            var exists = _rows.TryGetValue(name, out var held);
            if (change(held.Digest) is not { } next || next == held.Digest)
                return true;

            var data = next.ToJson();
            RowChange swap = exists ? new RowChange.Replace(name, data, held.ETag) : new RowChange.Insert(name, data);
            switch (await node.Replica.CommitAsync(Partition, [swap], cancellationToken))
            {
                case RowCommit.Done(var etags):
                    _rows[name] = (next, etags[0]);
                    return true;
                case RowCommit.Unavailable:
                    return false;
                default:
                    // Lost to another instance, or nobody knows: the row tells.
                    if (!await ReadRowAsync(name, cancellationToken))
                        return false;
                    break;
            }
        }

        return false;
    }

    private async Task<bool> ReadRowAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await node.Replica.ReadAsync(Partition, name, cancellationToken);
        if (answer is RowRead.Found(var row))
            Keep(name, row);
        else
            _rows.Remove(name);
        return answer is not RowRead.Unavailable;
    }

    private void Keep(string name, Row row) =>
        _rows[name] = (HealthDigest.FromJson(row.Data.Span) is { } digest && RowOf(digest.Stamp, digest.Node) == name ? digest : null, row.ETag);

    private static string Encode(string text) => ReplicaKey.Encode(Encoding.UTF8.GetBytes(text));
}
