using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>Who counts for a document: the nodes that it names itself, and of those only such as remember.</summary>
public class ClusterRegisterTests
{
    private readonly Dictionary<string, MemoryReplica> _rows = [];
    private readonly Dictionary<string, FaultyReplica> _nodes = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plain_document_of_an_earlier_version_is_read_and_changed()
    {
        var plain = Document(4, "a", "b", "c");
        foreach (var id in (string[])["a", "b", "c"])
            await Rows(id).CommitAsync("cluster", [new RowChange.Insert("current", plain.ToJson())], Cancelled);

        Assert.True((await ReadAsync(Instance("a", "b", "c")))!.IsSameAs(plain));
        Assert.Equal(5, (await ChangeAsync(Instance("a", "b", "c"), d => Next(d, 5)))!.Epoch);
        Assert.Equal(5, (await ReadAsync(Instance("a", "b", "c")))!.Epoch);
    }

    [Fact]
    public async Task While_a_move_is_joint_neither_ring_decides_alone()
    {
        var instance = await FoundedAsync("a", "b");
        await JoinAsync(instance, "c");
        await JoinAsync(instance, "d");
        var leaving = await ChangeAsync(instance, d => Next(d, 90) with { Move = Move(MoveKind.Leave, "a") });
        Assert.Equal(MoveKind.Leave, leaving!.Move!.Kind);

        // Two of the three that stay are a majority of those, not of the four.
        Break("a", "b");
        Assert.Null(await ReadAsync(Instance("a", "b", "c", "d")));
        Heal();
        await ChangeAsync(instance, d => Next(d, 91) with { Move = d.Move! with { Phase = MovePhase.Dropping } });
        await ChangeAsync(instance, d => Next(d, 92) with { Move = null, Nodes = [.. d.Nodes.Where(n => n.Id != "a")] });
        Break("a", "b");
        Assert.Equal(["b", "c", "d"], (await ReadAsync(Instance("c", "d")))!.Nodes.Select(n => n.Id));
    }

    [Fact]
    public async Task An_instance_that_knows_only_nodes_that_have_left_finds_the_document_in_force()
    {
        var instance = await FoundedAsync("a", "b");
        foreach (var id in (string[])["c", "d", "e"])
            await JoinAsync(instance, id);
        foreach (var id in (string[])["a", "b"])
            await LeaveAsync(instance, id);
        var last = await ChangeAsync(instance, d => Next(d, 99));

        Assert.Equal(["c", "d", "e"], last!.Nodes.Select(n => n.Id));
        Assert.True((await ReadAsync(Instance("a", "b")))!.IsSameAs(last));
    }

    [Fact]
    public async Task A_node_that_lost_its_copy_does_not_count_until_a_decided_document_was_copied_to_it()
    {
        var instance = await FoundedAsync("a", "b", "c");
        Break("c");
        var second = await ChangeAsync(instance, d => Next(d, 2));
        Lose("a");
        Heal();
        Break("b");

        // "c" and the node that forgot are two of three, and know of the first document only.
        Assert.Null(await ReadAsync(Instance("a", "b", "c")));
        Assert.Null(await ChangeAsync(Instance("a", "b", "c"), d => Next(d, 3), TimeSpan.FromSeconds(1)));
        Heal();
        Assert.True((await ReadAsync(Instance("a", "b", "c")))!.IsSameAs(second!));
        await ChangeAsync(instance, d => Next(d, 4));
        Break("b");
        Assert.Equal(4UL, (await ReadAsync(Instance("a", "b", "c")))!.Change);
    }

    [Fact]
    public async Task When_fewer_than_a_majority_remember_what_is_left_is_carried_on_only_when_all_have_answered()
    {
        var instance = await FoundedAsync("a", "b", "c");
        var second = await ChangeAsync(instance, d => Next(d, 2));
        Lose("a");
        Lose("b");
        Break("b");
        Assert.Null(await ReadAsync(Instance("a", "b", "c")));
        Heal();

        Assert.True((await ReadAsync(Instance("a", "b", "c")))!.IsSameAs(second!));
        Break("c");
        Assert.True((await ReadAsync(Instance("a", "b", "c")))!.IsSameAs(second!));
    }

    [Fact]
    public async Task A_change_whose_answers_are_lost_is_made_once()
    {
        var instance = await FoundedAsync("a", "b", "c");
        foreach (var node in _nodes.Values)
            node.Fault = Fault.AnswerLost;

        var made = await ChangeAsync(instance, d => Next(d, 2));

        Assert.Equal((2, 2UL), (made!.Epoch, made.Change));
        Heal();
        Assert.Equal(2, (await ReadAsync(Instance("a", "b", "c")))!.Epoch);
    }

    [Fact]
    public async Task Documents_that_share_no_quorum_cannot_follow_one_another() => await Assert.ThrowsAsync<InvalidOperationException>(
        async () => await ChangeAsync(await FoundedAsync("a", "b", "c"), d => Next(d, 2) with { Nodes = Document(1, "d", "e", "f").Nodes }));

    private async Task<ClusterRegister> FoundedAsync(params string[] founders)
    {
        var instance = Instance(founders);
        await instance.ReadAsync(() => Task.FromResult<ClusterDocument?>(Document(1, founders)), Cancelled);
        return instance;
    }

    private static async Task JoinAsync(ClusterRegister instance, string id)
    {
        await ChangeAsync(instance, d => Next(d, d.Change + 1) with { Nodes = [.. d.Nodes, .. Document(1, id).Nodes], Move = Move(MoveKind.Join, id) });
        await ChangeAsync(instance, d => Next(d, d.Change + 1) with { Move = null });
    }

    private static async Task LeaveAsync(ClusterRegister instance, string id)
    {
        await ChangeAsync(instance, d => Next(d, d.Change + 1) with { Move = Move(MoveKind.Leave, id) });
        await ChangeAsync(instance, d => Next(d, d.Change + 1) with { Move = null, Nodes = [.. d.Nodes.Where(n => n.Id != id)] });
    }

    private static async Task<ClusterDocument?> ReadAsync(ClusterRegister instance) =>
        (await instance.ReadAsync(() => Task.FromResult<ClusterDocument?>(null), Cancelled))?.Document;

    private static async Task<ClusterDocument?> ChangeAsync(ClusterRegister instance, Func<ClusterDocument, ClusterDocument?> change, TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(30), TimeProvider.System);
        return (await instance.ChangeAsync(change, (_, _) => Task.FromResult(true), () => Task.FromResult<ClusterDocument?>(null), limit.Token))?.Next;
    }

    private static ClusterDocument Next(ClusterDocument document, ulong change) => document with { Epoch = document.Epoch + 1, Change = change };

    private static ClusterMove Move(MoveKind kind, string node) => new(kind, node, 100, MovePhase.Joint, default);

    private static ClusterDocument Document(int epoch, params string[] ids) =>
        new(epoch, 1, 16, 3, [.. ids.Select(id => new ClusterMember(id, "r", 100, 1, "rows", MemberState.Member))]);

    private ClusterRegister Instance(params string[] seeds) => new(
        member => new ClusterSite(Node(member.Id), _ => Task.CompletedTask), [Document(1, seeds).Nodes], TimeProvider.System, new Random(1));

    private MemoryReplica Rows(string id) => _rows.TryGetValue(id, out var rows) ? rows : _rows[id] = new MemoryReplica();

    private FaultyReplica Node(string id) => _nodes.TryGetValue(id, out var node) ? node : _nodes[id] = new FaultyReplica(Rows(id));

    private void Break(params string[] ids)
    {
        foreach (var id in ids)
            Node(id).Fault = Fault.Down;
    }

    private void Heal()
    {
        foreach (var node in _nodes.Values)
            node.Fault = Fault.None;
    }

    private void Lose(string id) => Rows(id).Remove((_, _) => true);
}
