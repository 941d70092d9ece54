using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication;

/// <summary>While a key moves, an operation needs its quorum of the owners before the move and of those after it.</summary>
public class JointQuorumTests
{
    private static readonly QuorumRules OwnersOnly = new(null, Sloppy: false);

    private readonly MemoryCluster _cluster = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_quorum_of_one_ring_alone_acknowledges_nothing_and_answers_no_read(bool oldRing)
    {
        var (key, stay, coming, going) = await MovingAsync();
        foreach (var down in new[] { stay[0], oldRing ? coming : going })
            _cluster.Faults[down].Fault = Fault.Down;
        var store = _cluster.Coordinator();
        Assert.IsType<WriteResult.NoQuorum>(await store.WriteAsync(Key(key), Intent(store, "v"), OwnersOnly, Cancelled));
        Assert.IsType<ReadResult.NoQuorum>(await store.ReadAsync(Key(key), OwnersOnly, Cancelled));
    }

    [Fact]
    public async Task One_node_of_either_ring_may_be_down()
    {
        var (key, stay, coming, going) = await MovingAsync();
        foreach (var down in new[] { stay[0], coming, going })
        {
            _cluster.Faults[down].Fault = Fault.Down;
            var store = _cluster.Coordinator();
            Assert.IsType<WriteResult.Written>(await store.WriteAsync(Key(key), Intent(store, "v"), OwnersOnly, Cancelled));
            Assert.IsType<ReadResult.Read>(await store.ReadAsync(Key(key), OwnersOnly, Cancelled));
            _cluster.Faults[down].Fault = Fault.None;
        }
    }

    [Fact]
    public async Task A_write_to_all_lands_on_the_owners_of_both_rings()
    {
        var (key, stay, coming, going) = await MovingAsync();
        await PutAsync(_cluster.Coordinator(), key, "v", needed: 3);
        foreach (var node in stay.Append(coming).Append(going))
            Assert.Contains(_cluster.Memory[node].Data(), row => row.Row.Name == Key(key).Row);
    }

    [Fact]
    public async Task Nobody_stands_in_who_leaves_or_owns_the_key_in_either_ring()
    {
        _cluster.Leave("r2n1");
        var view = (await _cluster.Views("r1").RefreshAsync(Cancelled))!;
        Assert.All(Enumerable.Range(0, 200).Select(i => Key($"k{i}")), key =>
        {
            var fallbacks = view.Fallbacks(key).Select(node => node.Id).ToList();
            Assert.DoesNotContain("r2n1", fallbacks);
            Assert.Empty(fallbacks.Intersect(view.Quorums(key).SelectMany(owners => owners).Select(node => node.Id)));
        });
    }

    [Fact]
    public async Task Where_something_is_counted_alone_changes_once_when_the_ring_after_the_move_comes_into_force()
    {
        var before = await HomesAsync();
        _cluster.Join("r1n0", "r1");
        Assert.Equal(before, await HomesAsync());
        _cluster.Begin((document, random) => new MembershipResult.Changed(MembershipSteps.Switch(document, document.Move!, _cluster.Clock.GetUtcNow(), random)!));
        var after = await HomesAsync();
        Assert.NotEqual(before, after);
        _cluster.Begin((document, random) => new MembershipResult.Changed(MembershipSteps.Finish(document, document.Move!, random)!));
        Assert.Equal(after, await HomesAsync());
    }

    private async Task<IReadOnlyList<string>> HomesAsync()
    {
        var view = (await _cluster.Views("r1").RefreshAsync(Cancelled))!;
        return [Home.OfRegion(view, "r1").Id, .. Enumerable.Range(0, 100).Select(i => Home.OfKey(view, Key($"k{i}")).Id)];
    }

    // A key that a joining node takes over from another one; who keeps it, who comes and who goes.
    private async Task<(string Key, IReadOnlyList<string> Stay, string Coming, string Going)> MovingAsync()
    {
        _cluster.Join("r1n3", "r1");
        var view = (await _cluster.Views("r1").RefreshAsync(Cancelled))!;
        var key = Enumerable.Range(0, 1_000).Select(i => $"k{i}").First(k => view.Quorums(Key(k)).Count == 2);
        var (before, after) = (view.Quorums(Key(key))[0].Select(n => n.Id).ToList(), view.Quorums(Key(key))[1].Select(n => n.Id).ToList());
        return (key, [.. before.Intersect(after)], after.Except(before).Single(), before.Except(after).Single());
    }
}
