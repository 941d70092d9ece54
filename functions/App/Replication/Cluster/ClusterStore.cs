using Azure.Data.Tables;
using Microsoft.Extensions.Options;

namespace Serverless.Replication;

/// <summary>
/// The stored membership: a <see cref="ClusterRegister"/> over the table "cluster" of the nodes, and the tables of incarnations. A node that left keeps its copy of the
/// document, so an instance that was away for long learns from it where to go on.
/// </summary>
public sealed class ClusterStore
{
    private const string Table = "cluster";
    private static readonly TimeSpan TablesLimit = TimeSpan.FromSeconds(5);

    private readonly TableNodes _tables;
    private readonly ClusterOptions _cluster;
    private readonly ReplicationOptions _replication;
    private readonly Random _random;
    private readonly TimeProvider _clock;
    private readonly List<NodeOptions> _founders;
    private readonly ClusterRegister _register;

    public ClusterStore(TableNodes tables, IOptions<ClusterOptions> cluster, IOptions<ReplicationOptions> replication, Random random, TimeProvider clock)
    {
        (_tables, _cluster, _replication, _random, _clock) = (tables, cluster.Value, replication.Value, random, clock);
        var configured = _cluster.Nodes.OrderBy(n => n.Id, StringComparer.Ordinal).ToLookup(n => n.Founding);
        _founders = [.. configured[true]];
        _register = new ClusterRegister(Site, [[.. _founders.Select(Known)], [.. configured[false].Select(Known)]], clock, random);
    }

    /// <summary>The document in force; created when no node has one. Null when too few nodes answer to tell.</summary>
    public async Task<ClusterDocument?> LoadAsync(CancellationToken cancellationToken) =>
        (await _register.ReadAsync(() => FoundAsync(cancellationToken), cancellationToken))?.Document;

    /// <summary>As <see cref="ClusterChange"/>. Tables of new incarnations exist before they are published; those of incarnations that are replaced are gone by then, those of members that left soon after.</summary>
    public async Task<ClusterDocument?> ChangeAsync(Func<ClusterDocument, ClusterDocument?> change, CancellationToken cancellationToken)
    {
        if (await _register.ChangeAsync(change, (now, next) => PrepareAsync(now, next, cancellationToken), () => FoundAsync(cancellationToken), cancellationToken) is not { } made)
            return null;
        var gone = made.Before.Nodes.Where(old => !made.Next.Nodes.Any(now => now.Id == old.Id));
        await WithTablesAsync(gone, (node, member, token) => _tables.Service(node).DeleteTableAsync(member.Table, token), cancellationToken);
        return made.Next;
    }

    /// <summary>
    /// Gives members that lost state new incarnations: empty ones, to be refilled. Only when too few others are left for that, and the
    /// nodes still have an older state (<paramref name="hasOlderState"/>), they keep it. Null when a majority could not be told.
    /// </summary>
    public Task<ClusterDocument?> ReincarnateAsync(Func<ClusterMember, bool> lost, bool hasOlderState, CancellationToken cancellationToken) => ChangeAsync(
        document =>
        {
            var ids = document.Nodes.Where(lost).Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
            return hasOlderState && !document.CanLose(ids, _replication.WriteQuorum)
                ? document.AcceptRollback(ids, NewRandom)
                : document.Reincarnate(ids, NewRandom, _clock.GetUtcNow());
        },
        cancellationToken);

    /// <summary>Whether the tables of a node that is to join can be used from here.</summary>
    public Task<bool> CanReachAsync(ClusterMember member, CancellationToken cancellationToken) =>
        WithTablesAsync([member], (node, _, token) => _tables.Service(node).CreateTableIfNotExistsAsync(Table, token), cancellationToken);

    private async Task<ClusterDocument?> FoundAsync(CancellationToken cancellationToken)
    {
        var first = new ClusterDocument(1, NewRandom(), _replication.Partitions, _replication.Copies, [.. _founders.Select(Known).Select(NewIncarnation)]);
        return await CreateTablesAsync(first.Nodes, cancellationToken) ? first : null;
    }

    // An instance whose view is old would go on writing into the table of the last incarnation, and nobody would read it there.
    private async Task<bool> PrepareAsync(ClusterDocument now, ClusterDocument next, CancellationToken cancellationToken)
    {
        var replaced = now.Nodes.Where(old => next.Nodes.Any(member => member.Id == old.Id && member.Table != old.Table));
        var rolledBack = next.Nodes.Where(member => now.Nodes.Any(old => old.Table == member.Table && old.Incarnation != member.Incarnation));
        return await WithTablesAsync(replaced, (node, member, token) => _tables.Service(node).DeleteTableAsync(member.Table, token), cancellationToken)
            && await WithTablesAsync(rolledBack, (node, member, token) => DropSoleRowsAsync(_tables.Service(node).GetTableClient(member.Table), token), cancellationToken)
            && await CreateTablesAsync(next.Nodes.Where(member => !now.Nodes.Any(old => old.Table == member.Table)), cancellationToken);
    }

    private Task<bool> CreateTablesAsync(IEnumerable<ClusterMember> members, CancellationToken cancellationToken) =>
        WithTablesAsync(members, (node, member, token) => _tables.Service(node).CreateTableIfNotExistsAsync(member.Table, token), cancellationToken);

    // What went back in time and has no copy that could tell what it missed.
    private static async Task DropSoleRowsAsync(TableClient table, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {PartitionNames.Sole} and PartitionKey lt {PartitionNames.AfterSole}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
    }

    // False when one of the nodes cannot be reached.
    private async Task<bool> WithTablesAsync(
        IEnumerable<ClusterMember> members, Func<NodeOptions, ClusterMember, CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(TablesLimit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var done = await Task.WhenAll(members.Select(async member =>
        {
            if (_cluster.NodeOf(member) is not { } node || !_tables.CanOpen(node))
                return false;
            try
            {
                await act(node, member, either.Token);
                return true;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // Whatever a client library throws: the node did not answer.
                return false;
            }
        }));
        return Array.TrueForAll(done, d => d);
    }

    private ClusterSite? Site(ClusterMember member) => _cluster.NodeOf(member) is { } node && _tables.CanOpen(node)
        ? new ClusterSite(_tables.Replica(node, Table), token => _tables.Service(node).CreateTableIfNotExistsAsync(Table, token))
        : null;

    private ClusterMember NewIncarnation(ClusterMember member)
    {
        var incarnation = NewRandom();
        return member with { Incarnation = incarnation, Table = ClusterMember.TableOf(incarnation) };
    }

    private static ClusterMember Known(NodeOptions node) => new(node.Id, node.Region, node.Weight, 0, "", MemberState.Member);

    private ulong NewRandom() => SecureRandom.Next64(_random);
}
