using Serverless.Replication;
using Serverless.Tests.Replication.Scenarios;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Consistency;

/// <summary>For every no of the table, how it comes about.</summary>
public class SessionViolations
{
    [Theory]
    [InlineData(SessionMode.Sloppy)]
    [InlineData(SessionMode.One)]
    public void A_write_that_the_minority_took_is_missed_by_its_own_session_on_the_other_side(string query) => Scenario.Play(async scenario =>
    {
        var (mode, owners) = (SessionMode.Of(query), scenario.Cluster.Owners(Key("k")));
        var (minority, majority) = (scenario.Near(owners[2]), scenario.Near(owners[0]));
        scenario.Cluster.Cut(owners[2][..2]);
        var token = Assert.IsType<WriteResult.Written>(await WriteAsync(minority, mode)).Context;

        Assert.Empty(await ValuesAsync(majority, mode.Read));
        await IsBehindAsync(majority, mode, token);
    });

    [Theory]
    [InlineData(SessionMode.Sloppy)]
    [InlineData(SessionMode.One)]
    public void A_value_that_was_read_in_the_minority_is_gone_on_the_other_side(string query) => Scenario.Play(async scenario =>
    {
        var (mode, owners) = (SessionMode.Of(query), scenario.Cluster.Owners(Key("k")));
        var (minority, majority) = (scenario.Near(owners[2]), scenario.Near(owners[0]));
        scenario.Cluster.Cut(owners[2][..2]);
        await WriteAsync(minority, mode);

        var read = Assert.IsType<ReadResult.Read>(await minority.ReadAsync(Key("k"), mode.Read, TestContext.Current.CancellationToken));
        Assert.Equal(["v"], Values(read.Set));
        Assert.Empty(await ValuesAsync(majority, mode.Read));
        await IsBehindAsync(majority, mode, read.Set.Context);
    });

    [Fact]
    public void A_write_that_one_owner_acknowledged_is_missed_by_its_own_session_at_another() => Scenario.Play(async scenario =>
    {
        var (mode, owners) = (SessionMode.Of(SessionMode.One), scenario.Cluster.Owners(Key("k")));
        OnItsWayTo(scenario, owners[0], owners[1]);
        var token = Assert.IsType<WriteResult.Written>(await WriteAsync(scenario.Near(owners[2]), mode)).Context;

        Assert.Empty(await ValuesAsync(scenario.Near(owners[0]), mode.Read));

        // With what the session knows, all owners are asked, and one has it.
        Assert.Equal(["v"], await ValuesAsync(scenario.Near(owners[0]), mode.Read with { AtLeast = token }));
    });

    [Theory]
    [InlineData(SessionMode.Sloppy)]
    [InlineData(SessionMode.Owners)]
    [InlineData(SessionMode.One)]
    public void A_write_that_is_on_its_way_is_read_and_then_not(string query) => Scenario.Play(async scenario =>
    {
        var (mode, owners) = (SessionMode.Of(query), scenario.Cluster.Owners(Key("k")));
        OnItsWayTo(scenario, owners[0], owners[1]);
        _ = WriteAsync(scenario.Near(owners[2]), mode);
        await scenario.PassAsync(TimeSpan.FromMilliseconds(10));

        Assert.Equal(["v"], await ValuesAsync(scenario.Near(owners[2]), mode.Read));
        Assert.Empty(await ValuesAsync(scenario.Near(owners[0]), mode.Read));
    });

    [Theory]
    [InlineData(SessionMode.Sloppy)]
    [InlineData(SessionMode.Owners)]
    [InlineData(SessionMode.One)]
    public void A_write_that_was_on_its_way_when_the_network_parted_is_read_and_then_not(string query) => Scenario.Play(async scenario =>
    {
        var (mode, owners) = (SessionMode.Of(query), scenario.Cluster.Owners(Key("k")));
        OnItsWayTo(scenario, owners[0], owners[1]);
        _ = WriteAsync(scenario.Near(owners[2]), mode);
        await scenario.PassAsync(TimeSpan.FromMilliseconds(10));
        var read = Assert.IsType<ReadResult.Read>(await scenario.Near(owners[2]).ReadAsync(Key("k"), mode.Read, TestContext.Current.CancellationToken));
        Assert.Equal(["v"], Values(read.Set));

        scenario.Cluster.Cut(owners[2][..2]);
        scenario.OnlyDown();
        var majority = scenario.Near(owners[0]);
        Assert.Empty(await ValuesAsync(majority, mode.Read));
        await IsBehindAsync(majority, mode, read.Set.Context);
    });

    private static void OnItsWayTo(Scenario scenario, params IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
            scenario.Cluster.Faults[node].Fault = Fault.CommitsHang;
    }

    private static Task<WriteResult> WriteAsync(ReplicatedStore store, SessionMode mode) =>
        store.WriteAsync(Key("k"), Intent(store, "v"), mode.Write, TestContext.Current.CancellationToken);

    private static async Task<IReadOnlyList<string>> ValuesAsync(ReplicatedStore store, QuorumRules rules) =>
        Values(Assert.IsType<ReadResult.Read>(await store.ReadAsync(Key("k"), rules, TestContext.Current.CancellationToken)).Set);

    // The session is told so when it tells what it knows.
    private static async Task IsBehindAsync(ReplicatedStore store, SessionMode mode, CausalContext token) =>
        Assert.IsType<ReadResult.Behind>(await store.ReadAsync(Key("k"), mode.Read with { AtLeast = token }, TestContext.Current.CancellationToken));
}
