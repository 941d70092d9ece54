using System.Text;
using Serverless.Limits;
using Serverless.Replication;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Limits;

public class LimitRulesStoreTests
{
    private const string Text = "domain: d\ndescriptors: []\n";

    private readonly MemoryCluster _cluster = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_instance_stores_another_reads_as_it_was_sent()
    {
        Assert.IsType<StoredRulesRead.Missing>(await Store(1).GetAsync("d", Cancelled));
        Assert.Equal(new StoredRulesWrite.Stored(1), await PutAsync(Store(1), Text));
        Assert.Equal(new StoredRulesWrite.Stored(2), await PutAsync(Store(2), Text + "# \"Ümläute\"\r\n"));
        var stored = Found(await Store(3).GetAsync("d", Cancelled));
        Assert.Equal((2, "application/yaml", Text + "# \"Ümläute\"\r\n"), (stored.Version, stored.ContentType, Encoding.UTF8.GetString(stored.Text.Span)));
        Assert.IsType<StoredRulesRead.Missing>(await Store(1).GetAsync("D", Cancelled));
    }

    [Fact]
    public async Task The_longest_text_is_kept_whole()
    {
        var text = Text + "#" + new string('x', LimitRulesReader.MostBytes - Text.Length - 1);
        await PutAsync(Store(1), text);
        Assert.Equal(text, Encoding.UTF8.GetString(Found(await Store(2).GetAsync("d", Cancelled)).Text.Span));
    }

    [Fact]
    public async Task Rules_that_follow_another_version_than_expected_are_not_stored()
    {
        var store = Store(1);
        Assert.Equal(new StoredRulesWrite.VersionConflict(0), await PutAsync(store, Text, expected: 1));
        Assert.Equal(new StoredRulesWrite.Stored(1), await PutAsync(store, Text, expected: 0));
        Assert.Equal(new StoredRulesWrite.VersionConflict(1), await PutAsync(Store(2), Text, expected: 0));
        Assert.Equal(new StoredRulesWrite.Stored(2), await PutAsync(Store(2), Text, expected: 1));
    }

    [Fact]
    public async Task Of_rules_stored_at_the_same_moment_every_reader_takes_the_same_and_the_next_change_follows_both()
    {
        using var store = _cluster.Coordinator(seed: 9);
        var siblings = Enumerable.Range(1, 3).Select(
            i => new StoredRules(5, "application/yaml", DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes($"{Text}# {i}"))).ToList();
        foreach (var sibling in siblings.Append(siblings[0] with { Version = 4 }))
            await WriteAsync(store, sibling.Encode());
        for (var seed = 1; seed < 4; seed++)
            Assert.Equal(siblings.MaxBy(rules => rules.Hash)!.Hash, Found(await Store(seed).GetAsync("d", Cancelled)).Hash);

        Assert.Equal(new StoredRulesWrite.Stored(6), await PutAsync(Store(1), Text));
        var read = Assert.IsType<ReadResult.Read>(await store.ReadAsync(new ReplicaKey("limits", "d"), QuorumRules.Default, Cancelled));
        Assert.Single(read.Set.Versions);
    }

    [Fact]
    public async Task Rules_that_a_newer_version_stored_otherwise_are_neither_read_nor_replaced()
    {
        using var store = _cluster.Coordinator();
        await WriteAsync(store, "written otherwise"u8.ToArray());
        Assert.IsType<StoredRulesRead.Unreadable>(await Store(1).GetAsync("d", Cancelled));
        Assert.IsType<StoredRulesWrite.Unavailable>(await PutAsync(Store(1), Text));
    }

    [Fact]
    public async Task Without_a_quorum_nothing_is_read_or_stored()
    {
        foreach (var fault in _cluster.Faults.Values)
            fault.Fault = Fault.Down;
        Assert.IsType<StoredRulesRead.Unavailable>(await Store(1).GetAsync("d", Cancelled));
        Assert.IsType<StoredRulesWrite.Unavailable>(await PutAsync(Store(1), Text));
    }

    private static StoredRules Found(StoredRulesRead read) => Assert.IsType<StoredRulesRead.Found>(read).Rules;

    private static Task<StoredRulesWrite> PutAsync(LimitRulesStore store, string text, long? expected = null) =>
        store.PutAsync(RulesText.Rules(text), Encoding.UTF8.GetBytes(text), "application/yaml", expected, Cancelled);

    private static async Task WriteAsync(ReplicatedStore store, byte[] value) => Assert.IsType<WriteResult.Written>(await store.WriteAsync(
        new ReplicaKey("limits", "d"), new WriteIntent(store.NewNonce(), CausalContext.Empty, "", value, DateTimeOffset.UnixEpoch), QuorumRules.Default, Cancelled));

    private LimitRulesStore Store(int instance) => new(_cluster.Coordinator($"r{instance}", instance), _cluster.Clock);
}
