using System.Globalization;
using System.Text;
using Serverless.Replication;

namespace Serverless.Tests.Replication.Strict;

public sealed class StrictRegisterTests
{
    private static readonly ReplicaKey Key = MemoryCluster.Key("register");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_register_holds_what_the_last_change_made_of_it()
    {
        var cluster = new MemoryCluster();
        using var one = cluster.Registers();
        using var other = cluster.Registers("r2", seed: 2);
        Assert.Null(Text(await one.ReadAsync(Key, Token)));
        Assert.Equal("1", Text(await AppendAsync(one, "1")));
        Assert.Equal("1", Text(await other.ReadAsync(Key, Token)));
        Assert.Equal("12", Text(await AppendAsync(other, "2")));
        Assert.Equal("123", Text(await AppendAsync(one, "3")));
        Assert.Equal("123", Text(await one.ReadAsync(Key, Token)));
    }

    [Fact]
    public async Task A_change_that_answers_nothing_leaves_the_register_and_tells_what_it_holds()
    {
        var cluster = new MemoryCluster();
        using var registers = cluster.Registers();
        await AppendAsync(registers, "1");
        Assert.Equal("1", Text(Assert.IsType<RegisterResult.Held>(await registers.ChangeAsync(Key, _ => null, Token))));
    }

    [Fact]
    public async Task A_proposer_that_repeats_needs_one_call_to_each_owner()
    {
        var cluster = new MemoryCluster();
        using var registers = cluster.Registers();
        await AppendAsync(registers, "1");
        var owners = cluster.Owners(Key);
        var before = owners.Sum(owner => cluster.Faults[owner].Reads + cluster.Faults[owner].Commits);
        await AppendAsync(registers, "2");
        Assert.Equal(3, owners.Sum(owner => cluster.Faults[owner].Reads + cluster.Faults[owner].Commits) - before);
    }

    [Fact]
    public async Task Many_rivals_count_without_losing_a_step()
    {
        var cluster = new MemoryCluster();
        var rivals = Enumerable.Range(1, 8).Select(i => cluster.Registers($"r{i % 3 + 1}", i)).ToList();
        var results = await Task.WhenAll(rivals.Select(async rival =>
        {
            var (written, uncertain) = (0, 0);
            for (var i = 0; i < 20; i++)
            {
                var result = await rival.ChangeAsync(Key, Increment, Token);
                written += result is RegisterResult.Written ? 1 : 0;
                uncertain += result is RegisterResult.NoQuorum { MayTakeEffect: true } ? 1 : 0;
            }

            return (written, uncertain);
        }));
        var final = int.Parse(Text(await rivals[0].ReadAsync(Key, Token))!, CultureInfo.InvariantCulture);
        Assert.InRange(final, results.Sum(r => r.written), results.Sum(r => r.written + r.uncertain));
        Assert.True(results.Sum(r => r.written) > 100);
    }

    [Theory]
    [InlineData("Down")]
    [InlineData("Hangs")]
    [InlineData("RequestLost")]
    [InlineData("AnswerLost")]
    public async Task One_owner_may_fail_in_any_way(string fault)
    {
        var cluster = new MemoryCluster();
        using var one = cluster.Registers();
        using var other = cluster.Registers("r2", seed: 2);
        await AppendAsync(one, "1");
        cluster.Faults[cluster.Owners(Key)[0]].Fault = Enum.Parse<Fault>(fault);
        Assert.Equal("12", Text(await AppendAsync(one, "2")));
        Assert.Equal("123", Text(await AppendAsync(other, "3")));
        cluster.Faults[cluster.Owners(Key)[0]].Fault = Fault.None;
        cluster.Faults[cluster.Owners(Key)[1]].Fault = Fault.Down;
        Assert.Equal("123", Text(await one.ReadAsync(Key, Token)));
        Assert.Equal("1234", Text(await AppendAsync(other, "4")));
    }

    [Fact]
    public async Task Nodes_that_stand_in_never_count()
    {
        var cluster = new MemoryCluster();
        using var registers = cluster.Registers();
        foreach (var owner in cluster.Owners(Key).Take(2))
            cluster.Faults[owner].Fault = Fault.Down;
        Assert.False(Assert.IsType<RegisterResult.NoQuorum>(await AppendAsync(registers, "1")).MayTakeEffect);
        Assert.IsType<RegisterResult.NoQuorum>(await registers.ReadAsync(Key, Token));
    }

    [Fact]
    public async Task A_value_that_is_too_large_is_refused_and_nothing_is_written()
    {
        var cluster = new MemoryCluster();
        using var registers = cluster.Registers();
        Assert.IsType<RegisterResult.TooLarge>(await registers.ChangeAsync(Key, _ => new RegisterWrite("", new byte[StrictRegisters.MaxValueBytes + 1]), Token));
        Assert.Null(Text(await registers.ReadAsync(Key, Token)));
        Assert.IsType<RegisterResult.Written>(await registers.ChangeAsync(Key, _ => new RegisterWrite("", new byte[StrictRegisters.MaxValueBytes]), Token));
    }

    [Fact]
    public async Task From_its_first_strict_write_a_key_refuses_eventual_ones()
    {
        var cluster = new MemoryCluster();
        using var registers = cluster.Registers();
        using var store = cluster.Coordinator("r2");
        await MemoryCluster.PutAsync(store, "register", "eventual");
        Assert.Equal("eventual", MemoryCluster.Values(Content(await registers.ReadAsync(Key, Token)).Beside).Single());
        await AppendAsync(registers, "strict");
        Assert.IsType<WriteResult.StrictKey>(await store.WriteAsync(Key, MemoryCluster.Intent(store, "late"), QuorumRules.Default, Token));
        var content = Content(await registers.ReadAsync(Key, Token));
        Assert.Equal("strict", Encoding.UTF8.GetString(content.Value!.Value!.Value.Span));
        Assert.Empty(content.Beside.Versions);
    }

    [Fact]
    public async Task An_eventual_version_that_arrives_late_is_kept_beside()
    {
        var cluster = new MemoryCluster();
        using var registers = cluster.Registers();
        using var store = cluster.Coordinator("r2");
        var last = cluster.Owners(Key)[2];
        cluster.Faults[last].Fault = Fault.Down;
        await AppendAsync(registers, "strict");
        cluster.Faults[last].Fault = Fault.None;
        foreach (var owner in cluster.Owners(Key).Take(2))
            cluster.Faults[owner].Fault = Fault.Down;
        await store.WriteAsync(Key, MemoryCluster.Intent(store, "late"), new QuorumRules(1), Token);
        foreach (var owner in cluster.Owners(Key))
            cluster.Faults[owner].Fault = Fault.None;
        using var fresh = cluster.Registers("r3", seed: 3);
        Assert.Equal("strict again", Text(await fresh.ChangeAsync(Key, content => new RegisterWrite("", Encoding.UTF8.GetBytes("strict again")), Token)));
        var read = Assert.IsType<ReadResult.Read>(await store.ReadAsync(Key, new QuorumRules(3), Token));
        Assert.NotNull(read.Register?.Value);
    }

    private static Task<RegisterResult> AppendAsync(StrictRegisters registers, string text) => registers.ChangeAsync(
        Key, content => new RegisterWrite("", Encoding.UTF8.GetBytes(Of(content.Value) + text)), Token);

    private static RegisterWrite? Increment(RegisterContent content) =>
        new RegisterWrite("", Encoding.UTF8.GetBytes((int.Parse(Of(content.Value) ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture)));

    private static RegisterContent Content(RegisterResult result) => result switch
    {
        RegisterResult.Held(var held, _) => held,
        RegisterResult.Written(var written, _) => written,
        _ => throw new InvalidOperationException(result.ToString()),
    };

    private static string? Text(RegisterResult result) => Of(Content(result).Value);

    private static string? Of(RegisterValue? value) => value?.Value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
