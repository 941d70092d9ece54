using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication;

public class QuorumTests
{
    private readonly MemoryCluster _cluster = new();

    [Fact]
    public async Task A_write_is_read_back_by_another_coordinator()
    {
        await PutAsync(_cluster.Coordinator(), "k", "v");
        Assert.Equal(["v"], Values(await GetAsync(_cluster.Coordinator("r2", 2), "k")));
    }

    [Fact]
    public async Task A_write_lands_on_exactly_the_owners()
    {
        await PutAsync(_cluster.Coordinator(), "k", "v", needed: 3);
        Assert.Equal(_cluster.Owners(Key("k")).Order(), _cluster.Memory.Where(m => m.Value.All().Count > 0).Select(m => m.Key).Order());
    }

    [Fact]
    public async Task Blind_writes_stay_beside_each_other_and_a_write_with_the_read_context_leaves_one()
    {
        var (one, two) = (_cluster.Coordinator(), _cluster.Coordinator("r2", 2));
        await PutAsync(one, "k", "a");
        await PutAsync(two, "k", "b");
        var both = await GetAsync(one, "k");
        Assert.Equal(["a", "b"], Values(both));

        await PutAsync(two, "k", "c", both.Context);
        Assert.Equal(["c"], Values(await GetAsync(one, "k")));
    }

    [Fact]
    public async Task The_context_of_a_write_overwrites_that_write_and_nothing_its_client_never_saw()
    {
        var (one, two) = (_cluster.Coordinator(), _cluster.Coordinator("r2", 2));
        var mine = await PutAsync(one, "k", "mine 1");
        await PutAsync(two, "k", "theirs");
        await PutAsync(one, "k", "mine 2", mine);
        Assert.Equal(["mine 2", "theirs"], Values(await GetAsync(two, "k")));
    }

    [Fact]
    public async Task A_delete_covers_what_it_saw_and_a_write_it_did_not_see_survives_it()
    {
        var (one, two) = (_cluster.Coordinator(), _cluster.Coordinator("r2", 2));
        var seen = await PutAsync(one, "k", "old");
        await PutAsync(two, "k", null, seen);
        Assert.Equal(["†"], Values(await GetAsync(one, "k")));
        await PutAsync(one, "k", "new", seen);
        Assert.Equal(["new", "†"], Values(await GetAsync(two, "k")));
    }

    // Riak's sibling_explosion: interleaved writers that never read must not pile up versions of themselves.
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Interleaved_writers_leave_one_version_each(int writers)
    {
        var stores = Enumerable.Range(0, writers).Select(i => _cluster.Coordinator($"r{i % 3 + 1}", i + 1)).ToList();
        var contexts = new CausalContext?[writers];
        for (var i = 0; i < 100; i++)
        {
            var writer = i % writers;
            contexts[writer] = await PutAsync(stores[writer], "k", $"{writer}:{i}", contexts[writer]);
            Assert.True(Values(await GetAsync(stores[writer], "k")).Count <= writers);
        }

        Assert.Equal(
            Enumerable.Range(100 - writers, writers).Select(i => $"{i % writers}:{i}").Order(StringComparer.Ordinal),
            Values(await GetAsync(stores[0], "k")));
    }

    [Fact]
    public async Task Writers_of_one_key_at_once_lose_nothing()
    {
        var stores = Enumerable.Range(0, 4).Select(i => _cluster.Coordinator($"r{i % 3 + 1}", i + 1)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => PutAsync(stores[i % 4], "k", $"{i}")));
        Assert.Equal(24, Values(await GetAsync(stores[0], "k")).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task One_owner_down_stops_neither_writes_nor_reads(int which)
    {
        _cluster.Faults[_cluster.Owners(Key("k"))[which]].Fault = Fault.Down;
        var store = _cluster.Coordinator();
        var seen = await PutAsync(store, "k", "a");
        await PutAsync(store, "k", "b", seen);
        Assert.Equal(["b"], Values(await GetAsync(_cluster.Coordinator("r3", 3), "k")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task One_owner_that_hangs_stops_neither_writes_nor_reads(int which)
    {
        var store = _cluster.Coordinator();
        var seen = await PutAsync(store, "k", "a", needed: 3);
        _cluster.Faults[_cluster.Owners(Key("k"))[which]].Fault = Fault.Hangs;
        var other = _cluster.Coordinator("r2", 2);
        await PutAsync(other, "k", "b", seen);
        Assert.Equal(["b"], Values(await GetAsync(_cluster.Coordinator("r3", 3), "k")));
    }

    [Fact]
    public async Task Two_owners_down_refuse_with_how_many_answered()
    {
        foreach (var owner in _cluster.Owners(Key("k")).Take(2))
            _cluster.Faults[owner].Fault = Fault.Down;
        var store = _cluster.Coordinator();
        Assert.Equal(new ReadResult.NoQuorum(1, 2), await store.ReadAsync(Key("k"), new QuorumRules(null, Sloppy: false), TestContext.Current.CancellationToken));
        Assert.Equal(
            new WriteResult.NoQuorum(1, 2), await store.WriteAsync(Key("k"), Intent(store, "v"), new QuorumRules(null, Sloppy: false), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_write_whose_answers_are_lost_is_found_by_its_nonce_and_stays_one(int which)
    {
        var first = _cluster.Coordinator();
        var seen = await PutAsync(first, "k", "a", needed: 3);
        _cluster.Faults[_cluster.Owners(Key("k"))[which]].Fault = Fault.AnswerLost;
        await PutAsync(_cluster.Coordinator("r2", 2), "k", "b", seen, needed: 3);
        await PutAsync(_cluster.Coordinator("r2", 3), "new", "c", needed: 3);
        foreach (var fault in _cluster.Faults.Values)
            fault.Fault = Fault.None;
        Assert.Equal(["b"], Values(await GetAsync(first, "k", 3)));
        Assert.Equal(["c"], Values(await GetAsync(first, "new", 3)));
    }

    [Fact]
    public async Task A_coordinator_whose_requests_are_lost_is_replaced_by_the_next_owner()
    {
        var seen = await PutAsync(_cluster.Coordinator(), "k", "a", needed: 3);
        var owners = _cluster.Owners(Key("k"));
        _cluster.Faults[owners[0]].Fault = Fault.RequestLost;
        var store = _cluster.Coordinator(owners[0][..2], 2);
        await PutAsync(store, "k", "b", seen);
        _cluster.Faults[owners[0]].Fault = Fault.None;
        Assert.Equal(["b"], Values(await GetAsync(store, "k", 3)));
    }

    [Fact]
    public async Task A_read_repairs_the_owners_that_are_stale()
    {
        var owners = _cluster.Owners(Key("k"));
        _cluster.Faults[owners[2]].Fault = Fault.Down;
        var store = _cluster.Coordinator();
        await PutAsync(store, "k", "v");
        _cluster.Faults[owners[2]].Fault = Fault.None;

        var result = await store.ReadAsync(Key("k"), new QuorumRules(3), TestContext.Current.CancellationToken);
        Assert.True(Assert.IsType<ReadResult.Read>(result).Repairing);
        await Eventually.HoldsAsync(() => _cluster.Memory[owners[2]].Data().Count == 1, "the stale owner has the row");
        Assert.False(Assert.IsType<ReadResult.Read>(await store.ReadAsync(Key("k"), new QuorumRules(3), TestContext.Current.CancellationToken)).Repairing);
    }

    [Fact]
    public async Task Too_many_siblings_are_refused_and_change_no_row()
    {
        _cluster.Options.MaxSiblings = 4;
        var store = _cluster.Coordinator();
        for (var i = 0; i < 4; i++)
            await PutAsync(store, "k", $"{i}", needed: 3);
        var before = Stored();
        foreach (var other in new[] { store, _cluster.Coordinator("r2", 2) })
        {
            Assert.Equal(
                new WriteResult.TooManySiblings(4), await other.WriteAsync(Key("k"), Intent(other, "5"), new QuorumRules(null), TestContext.Current.CancellationToken));
        }

        Assert.Equal(before, Stored());

        string[] Stored() => [.. _cluster.Memory.SelectMany(m => m.Value.All().Select(r => $"{m.Key}/{r.Partition}/{r.Row.Name}/{r.Row.ETag}"))];
    }

    [Fact]
    public async Task Long_values_travel_with_their_row_and_leave_with_their_version()
    {
        var store = _cluster.Coordinator();
        var big = new string('x', 200_000);
        var seen = await PutAsync(store, "k", big, needed: 3);
        Assert.All(_cluster.Owners(Key("k")), owner => Assert.Equal(2, _cluster.Memory[owner].Data().Count));

        var set = await GetAsync(_cluster.Coordinator("r2", 2), "k");
        var fetched = await store.FetchAsync(Key("k"), set.Versions[0], TestContext.Current.CancellationToken);
        Assert.Equal(200_000, fetched!.Value!.Value.Length);

        await PutAsync(_cluster.Coordinator("r3", 3), "k", "short", seen, needed: 3);
        Assert.All(_cluster.Owners(Key("k")), owner => Assert.Single(_cluster.Memory[owner].Data()));
    }

    [Fact]
    public async Task Thirty_two_long_siblings_reach_an_owner_that_missed_them_all()
    {
        var owners = _cluster.Owners(Key("k"));
        _cluster.Faults[owners[2]].Fault = Fault.Down;
        var store = _cluster.Coordinator();
        for (var i = 0; i < 32; i++)
            await PutAsync(store, "k", new string((char)('a' + i), 256 * 1024));
        _cluster.Faults[owners[2]].Fault = Fault.None;
        Assert.Equal(32, (await GetAsync(_cluster.Coordinator("r2", 2), "k", 3)).Versions.Length);
        await Eventually.HoldsAsync(() => _cluster.Memory[owners[2]].Data().Count == 33, "the stale owner has the row and every value");
    }

    [Fact]
    public async Task A_new_key_costs_three_inserts_and_a_remembered_one_three_swaps()
    {
        var store = _cluster.Coordinator();
        var seen = await PutAsync(store, "k", "a", needed: 3);
        Assert.Equal((0, 3), Calls());
        await PutAsync(store, "k", "b", seen, needed: 3);
        Assert.Equal((0, 6), Calls());

        (int, int) Calls() => (_cluster.Faults.Values.Sum(f => f.Reads), _cluster.Faults.Values.Sum(f => f.Commits));
    }
}
