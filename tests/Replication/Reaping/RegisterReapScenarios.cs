using System.Text;
using Serverless.Replication;
using static Serverless.Tests.Replication.MemoryCluster;

namespace Serverless.Tests.Replication.Reaping;

/// <summary>Strict registers are forgotten like other keys; what an instance remembers of one is no promise.</summary>
public class RegisterReapScenarios
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_deleted_register_goes_when_it_is_old_and_one_that_is_not_deleted_stays() => ReapScene.Play(async scene =>
    {
        using var registers = scene.Cluster.Registers();
        await AppendAsync(registers, "k", "1");
        await AppendAsync(registers, "kept", "1");
        await DeleteAsync(registers, "k");
        Assert.Equal(0, await scene.LooksAsync());
        Assert.Equal(3, scene.Keepers("k").Count());
        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Empty(scene.Keepers("k"));
        Assert.Equal(3, scene.Keepers("kept").Count());
        Assert.Equal("1", Text(await registers.ReadAsync(Key("kept"), Token)));
        Assert.Null(Text(await registers.ReadAsync(Key("k"), Token)));
        await scene.AllIsOneAsync();
    });

    // Read before anything was written, or given up after the promises.
    [Fact]
    public void A_row_that_only_promised_goes_when_it_is_old() => ReapScene.Play(async scene =>
    {
        using var registers = scene.Cluster.Registers();
        Assert.IsType<RegisterResult.Held>(await registers.ChangeAsync(Key("k"), _ => null, Token));
        Assert.NotEmpty(scene.Keepers("k"));
        await scene.AgeAsync();
        await scene.LooksAsync();
        Assert.Empty(scene.Keepers("k"));
    });

    [Fact]
    public void A_register_written_anew_after_it_was_forgotten_begins_anew() => ReapScene.Play(async scene =>
    {
        using var remembers = scene.Cluster.Registers();
        using var other = scene.Cluster.Registers("r2", seed: 2);
        await AppendAsync(remembers, "k", "1");
        await DeleteAsync(remembers, "k");
        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Equal("2", Text(await AppendAsync(other, "k", "2")));
        Assert.Equal("23", Text(await AppendAsync(remembers, "k", "3")));
        Assert.Equal("23", Text(await other.ReadAsync(Key("k"), Token)));
        await scene.AllIsOneAsync();
    });

    // It remembers the value and a promise for its next ballot: on rows that are gone neither means anything.
    [Fact]
    public void An_instance_that_remembers_a_register_from_before_it_was_deleted_and_forgotten_does_not_bring_it_back() => ReapScene.Play(async scene =>
    {
        using var remembers = scene.Cluster.Registers();
        using var other = scene.Cluster.Registers("r2", seed: 2);
        await AppendAsync(remembers, "k", "1");
        await DeleteAsync(other, "k");
        await scene.AgeAsync();
        Assert.Equal(1, await scene.LooksAsync());
        Assert.Equal("2", Text(await AppendAsync(remembers, "k", "2")));
        Assert.Equal("2", Text(await other.ReadAsync(Key("k"), Token)));
        await scene.AllIsOneAsync();
    });

    // The last owner still has the deletion, under a greater ballot than the one that the instance remembers as promised: what it writes must be greater still.
    [Fact]
    public void What_an_instance_that_remembers_writes_while_a_register_is_half_forgotten_outlives_the_deletion() => ReapScene.Play(async scene =>
    {
        using var remembers = scene.Cluster.Registers();
        using var other = scene.Cluster.Registers("r2", seed: 2);
        await AppendAsync(remembers, "k", "1");
        await DeleteAsync(other, "k");
        await scene.PassAsync(PartitionRepair.Unsettled);
        foreach (var owner in scene.Owners("k").Take(2))
            scene.Cluster.Memory[owner].Remove((_, row) => row == Key("k").Row);
        Assert.Equal("2", Text(await AppendAsync(remembers, "k", "2")));
        Assert.Equal("2", Text(await other.ReadAsync(Key("k"), Token)));
        Assert.Equal("23", Text(await AppendAsync(other, "k", "3")));
    });

    private static Task<RegisterResult> AppendAsync(StrictRegisters registers, string key, string text) => registers.ChangeAsync(
        Key(key), content => new RegisterWrite("", Encoding.UTF8.GetBytes(Of(content.Value) + text)), Token);

    private static async Task DeleteAsync(StrictRegisters registers, string key) =>
        Assert.IsType<RegisterResult.Written>(await registers.ChangeAsync(Key(key), _ => new RegisterWrite(null, null), Token));

    private static string? Text(RegisterResult result) => result switch
    {
        RegisterResult.Held(var held, _) => Of(held.Value),
        RegisterResult.Written(var written, _) => Of(written.Value),
        _ => throw new InvalidOperationException(result.ToString()),
    };

    private static string? Of(RegisterValue? value) => value?.Value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
