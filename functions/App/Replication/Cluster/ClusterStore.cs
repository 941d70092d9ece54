using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// Keeps the cluster document on every node, in the table "cluster", and creates the tables of incarnations. Changes are made
/// by compare-and-swap: each node accepts only a greater epoch, the first node that answers decides between changes made at once,
/// and a change counts once a majority holds it. Two changers that disagree on which node answers first can still overtake each
/// other; strict registers will end that.
/// </summary>
public sealed class ClusterStore(
    TableNodes tables, IOptions<ClusterOptions> cluster, IOptions<ReplicationOptions> replication, Random random, TimeProvider clock)
{
    private const string Table = "cluster";
    private const string Partition = "cluster";
    private const string Current = "current";
    private const int MostTries = 8;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(2);

    private readonly List<NodeOptions> _nodes = [.. cluster.Value.Nodes.OrderBy(n => n.Id, StringComparer.Ordinal)];

    private int Majority => _nodes.Count / 2 + 1;

    /// <summary>The document in force; created when no node has one. Null when too few nodes answer to tell.</summary>
    public async Task<ClusterDocument?> LoadAsync(CancellationToken cancellationToken)
    {
        var copies = await Task.WhenAll(_nodes.Select(node => ReadAsync(node, cancellationToken)));
        if (copies.Count(c => c.Answered) < Majority)
            return null;
        if (copies.Select(c => c.Document).OfType<ClusterDocument>().MaxBy(d => (d.Epoch, d.Change)) is not { } newest)
            return Array.TrueForAll(copies, c => c.Answered) ? await CreateAsync(cancellationToken) : null;
        if (copies.Count(c => c.Document is { } held && held.IsSameAs(newest)) >= Majority)
            return newest;

        // A node that lost its copy says nothing: of those that do, and of all majorities, one must be among those that answer.
        if (copies.Count(c => c.Document is not null) < Majority && !Array.TrueForAll(copies, c => c.Answered))
            return null;

        // A change that was cut short, or two at once: one of them is carried to a majority before anybody works with it.
        var settled = newest.Confirm(NewRandom);
        return await PublishAsync(settled, cancellationToken) ? settled : null;
    }

    /// <summary>
    /// Gives nodes that lost state new incarnations: empty ones, to be refilled. Only when too few others are left for that, and the
    /// nodes still have an older state (<paramref name="hasOlderState"/>), they keep it. Null when a majority could not be told.
    /// </summary>
    public Task<ClusterDocument?> ReincarnateAsync(IReadOnlySet<string> ids, bool hasOlderState, CancellationToken cancellationToken) => ChangeAsync(
        document => hasOlderState && !document.CanLose(ids, replication.Value.WriteQuorum)
            ? document.AcceptRollback(ids, NewRandom)
            : document.Reincarnate(ids, NewRandom),
        cancellationToken);

    /// <summary>Lets refilled nodes vote again, unless one of them has become another incarnation since. Null when that could not be told.</summary>
    public Task<ClusterDocument?> PromoteAsync(string id, ulong incarnation, CancellationToken cancellationToken) => ChangeAsync(
        document => document.Nodes.Any(n => n.Id == id && n.Incarnation == incarnation && n.State == MemberState.Refilling)
            ? document.Promote(new HashSet<string>([id], StringComparer.Ordinal), NewRandom)
            : null,
        cancellationToken);

    // Of changes made at once only one finds a majority; the others begin again from what that one left.
    private async Task<ClusterDocument?> ChangeAsync(Func<ClusterDocument, ClusterDocument?> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await LoadAsync(cancellationToken) is { } document)
            {
                if (change(document) is not { } next)
                    return null;
                await DropTablesAsync(document.Nodes.Where(old => !next.Nodes.Any(now => now.Id == old.Id && now.Table == old.Table)), cancellationToken);
                await DropSoleRowsAsync(next.Nodes.Where(now => document.Nodes.Any(old => old.Table == now.Table && old.Incarnation != now.Incarnation)), cancellationToken);
                await CreateTablesAsync(next.Nodes.Except(document.Nodes), cancellationToken);
                if (await PublishAsync(next, cancellationToken))
                    return next;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 500)), clock, cancellationToken);
        }

        return null;
    }

    // Of several instances that start a cluster at once, the one that inserts on the first node decides; the others adopt.
    private async Task<ClusterDocument?> CreateAsync(CancellationToken cancellationToken)
    {
        var options = replication.Value;
        var mine = new ClusterDocument(1, NewRandom(), options.Partitions, options.Copies, [.. _nodes.Select(Founder)]);
        await CreateTablesAsync(mine.Nodes, cancellationToken);
        await Task.WhenAll(_nodes.Select(n => tables.Service(n).CreateTableIfNotExistsAsync(Table, cancellationToken)));

        await WriteAsync(_nodes[0], mine, cancellationToken);
        if ((await ReadAsync(_nodes[0], cancellationToken)).Document is not { } decided)
            return null;
        return await PublishAsync(decided, cancellationToken) ? decided : null;
    }

    private ClusterMember Founder(NodeOptions node)
    {
        var incarnation = NewRandom();
        return new ClusterMember(node.Id, node.Region, node.Weight, incarnation, ClusterMember.TableOf(incarnation), MemberState.Member);
    }

    private Task CreateTablesAsync(IEnumerable<ClusterMember> members, CancellationToken cancellationToken) =>
        Task.WhenAll(members.Select(async member =>
        {
            var node = _nodes.Find(n => n.Id == member.Id);
            if (node is not null)
                await tables.Service(node).CreateTableIfNotExistsAsync(member.Table, cancellationToken);
        }));

    // An instance whose view is old would go on writing into the table of the last incarnation, and nobody would read it there.
    private Task DropTablesAsync(IEnumerable<ClusterMember> members, CancellationToken cancellationToken) =>
        Task.WhenAll(members.Select(async member =>
        {
            var node = _nodes.Find(n => n.Id == member.Id);
            if (node is not null)
                await tables.Service(node).DeleteTableAsync(member.Table, cancellationToken);
        }));

    // What went back in time and has no copy that could tell what it missed.
    private Task DropSoleRowsAsync(IEnumerable<ClusterMember> members, CancellationToken cancellationToken) =>
        Task.WhenAll(members.Select(async member =>
        {
            if (_nodes.Find(n => n.Id == member.Id) is not { } node)
                return;
            var table = tables.Service(node).GetTableClient(member.Table);
            var filter = TableClient.CreateQueryFilter($"PartitionKey ge {PartitionNames.Sole} and PartitionKey lt {PartitionNames.AfterSole}");
            await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
                await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
        }));

    // The first node that answers decides between changes made at once: whoever comes second there writes nowhere else.
    private async Task<bool> PublishAsync(ClusterDocument document, CancellationToken cancellationToken)
    {
        for (var first = 0; first < _nodes.Count; first++)
        {
            if (await WriteAsync(_nodes[first], document, cancellationToken) is not { } held)
                continue;
            if (!held)
                return false;
            var others = await Task.WhenAll(_nodes.Skip(first + 1).Select(node => WriteAsync(node, document, cancellationToken)));
            return 1 + others.Count(h => h == true) >= Majority;
        }

        return false;
    }

    // True when the node now holds this very document, false when it holds another that is not older; null when it does not answer.
    private async Task<bool?> WriteAsync(NodeOptions node, ClusterDocument document, CancellationToken cancellationToken)
    {
        var copy = await ReadAsync(node, cancellationToken);
        if (!copy.Answered)
            return null;
        if (copy.Document is { } held && held.Epoch >= document.Epoch)
            return held.IsSameAs(document);

        try
        {
            // A node that lost everything lost this table too.
            await tables.Service(node).CreateTableIfNotExistsAsync(Table, cancellationToken);
        }
        catch (RequestFailedException)
        {
            return null;
        }

        RowChange change = copy.ETag is { } etag
            ? new RowChange.Replace(Current, document.ToJson(), etag)
            : new RowChange.Insert(Current, document.ToJson());
        return await tables.Replica(node, Table).CommitAsync(Partition, [change], cancellationToken) switch
        {
            RowCommit.Done => true,
            RowCommit.Refused => false,
            _ => null,
        };
    }

    private async Task<Copy> ReadAsync(NodeOptions node, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(CallLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        return await tables.Replica(node, Table).ReadAsync(Partition, Current, either.Token) switch
        {
            // One that cannot be read was written by a newer version: it is no answer, and never grounds for a new cluster.
            RowRead.Found(var row) => ClusterDocument.FromJson(row.Data.Span) is { } held ? new Copy(true, held, row.ETag) : new Copy(false, null, null),
            RowRead.Missing or RowRead.Unavailable(TableReplica.TableMissing) => new Copy(true, null, null),
            _ => new Copy(false, null, null),
        };
    }

    private ulong NewRandom() => SecureRandom.Next64(random);

    private readonly record struct Copy(bool Answered, ClusterDocument? Document, string? ETag);
}
