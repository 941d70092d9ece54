using Serverless.Replication;

namespace Serverless.Tests.Replication.Reaping;

/// <summary>Whatever a run had done when it failed, anti-entropy and later looks come to the same end, and what was deleted is never read again.</summary>
public class ReapFailureScenarios
{
    [Fact]
    public void A_run_that_is_stopped_at_any_call_is_made_up_for() => ReapScene.Play(async scene =>
    {
        const int Many = 1_000;
        await PrepareAsync(scene);
        scene.Cluster.CallsLeft = Many;
        Assert.Equal(1, await scene.ReapAsync());
        var all = Many - scene.Cluster.CallsLeft.Value;
        scene.Cluster.CallsLeft = null;

        // The last ones one by one: they delete.
        for (var calls = all - 1; calls > 0; calls -= all - calls < 15 ? 1 : 9)
        {
            await PrepareAsync(scene);
            scene.Cluster.CallsLeft = calls;
            await scene.ReapAsync();
            scene.Cluster.CallsLeft = null;
            await EndsAsync(scene);
        }
    });

    [Theory]
    [InlineData(nameof(Fault.RequestLost), 0)]
    [InlineData(nameof(Fault.RequestLost), 1)]
    [InlineData(nameof(Fault.RequestLost), 2)]
    [InlineData(nameof(Fault.AnswerLost), 0)]
    [InlineData(nameof(Fault.AnswerLost), 1)]
    [InlineData(nameof(Fault.AnswerLost), 2)]
    [InlineData(nameof(Fault.CommitsHang), 1)]
    public void One_owner_that_does_not_forget_the_key_is_made_up_for(string fault, int owner) => ReapScene.Play(async scene =>
    {
        await PrepareAsync(scene);
        var failing = scene.Cluster.Faults[scene.Owners("k")[owner]];
        var hit = 0;
        failing.Hits = changes => changes.Any(change => change is RowChange.Delete && ReplicaKey.FromRow(change.Row) is not null) && ++hit > 0;
        failing.Fault = Enum.Parse<Fault>(fault);
        Assert.Equal(0, await scene.ReapAsync());
        Assert.True(hit > 0);
        failing.Fault = Fault.None;
        await EndsAsync(scene);
    });

    // The next look lets the key go.
    private static async Task PrepareAsync(ReapScene scene)
    {
        await scene.DeleteAsync("k");
        await scene.AgeAsync();
        Assert.Equal(0, await scene.LookAsync());
        Assert.Equal(0, await scene.LookAsync());
        await scene.PassAsync(ReapScene.Pause);
    }

    private static async Task EndsAsync(ReapScene scene)
    {
        await HoldsNothingAsync(scene);
        await scene.SweepAsync();
        await HoldsNothingAsync(scene);
        await scene.AgeAsync();
        await scene.LooksAsync();
        Assert.Empty(scene.Keepers("k"));
        await scene.AllIsOneAsync();
    }

    // A deletion, or nothing: whoever of the owners is asked.
    private static async Task HoldsNothingAsync(ReapScene scene)
    {
        Assert.All(scene.Owners("k"), owner => Assert.DoesNotContain("old", scene.Held(owner, "k")));
        Assert.DoesNotContain("old", await scene.ReadAsync("k"));
    }
}
