using Microsoft.AspNetCore.Http;
using Serverless.Idempotency;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Idempotency;

/// <summary>What becomes of a key whose run is lost, late, or out of the storage's reach.</summary>
public class LostRunTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_run_that_is_lost_blocks_its_key_no_longer_than_its_mark_stands() => IdempotencyRig.Play(async rig =>
    {
        // The instance died: nothing ends, nothing answers.
        rig.Function = _ => new TaskCompletionSource().Task;
        _ = rig.SendAsync();
        await rig.Simulator.Delay(KeyRegisters.MarkLife - Moment);
        Assert.Equal("idempotency-in-flight", (await rig.SendAsync(rig.There)).Problem);

        await rig.Simulator.Delay(2 * Moment);
        Assert.Equal("idempotency-key-reused", (await rig.SendAsync(rig.There, http => IdempotencyRig.SetBody(http, "c"))).Problem);
        rig.Function = http => rig.TakeAsync(Moment, http);
        var answers = await Task.WhenAll(rig.SendAsync(rig.There), rig.SendAsync(rig.Instance(3)), rig.SendAsync(rig.Instance(4)));
        Assert.Equal(2, rig.Runs);
        Assert.Single(answers, answer => answer.Body == "run 2");
        Assert.Equal(("run 2", true), (await rig.SendAsync()) is var again ? (again.Body, again.IsReplay) : default);
    }, orders: 20);

    [Fact]
    public void One_that_ends_after_its_mark_was_taken_over_leaves_the_other_s_answer() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http => rig.TakeAsync(KeyRegisters.MarkLife + TimeSpan.FromMinutes(1), http);
        var late = rig.SendAsync();
        await rig.Simulator.Delay(KeyRegisters.MarkLife + Moment);
        rig.Function = http => rig.TakeAsync(rig.Simulator.Random.Next(2) * TimeSpan.FromMinutes(2), http);
        var other = rig.SendAsync(rig.There);
        Assert.Equal("run 1", (await late).Body);
        Assert.Equal("run 2", (await other).Body);
        Assert.Equal("run 2", (await rig.SendAsync()).Body);
        Assert.Contains("taken over", Assert.Single(rig.Logged), StringComparison.Ordinal);
    }, orders: 10);

    [Fact]
    public void A_function_is_stopped_well_before_its_mark_ends() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = async http =>
        {
            var stopped = new TaskCompletionSource();
            await using var told = http.RequestAborted.Register(stopped.SetResult);
            await stopped.Task;
            http.RequestAborted.ThrowIfCancellationRequested();
        };
        var began = rig.Simulator.Time.GetTimestamp();
        Assert.Equal("internal-error", (await rig.SendAsync()).Problem);
        Assert.Equal(KeyRegisters.RunLimit, rig.Simulator.Time.GetElapsedTime(began));
        Assert.True(KeyRegisters.RunLimit < KeyRegisters.MarkLife);
        Assert.Equal(("internal-error", true), (await rig.SendAsync(rig.There)) is var again ? (again.Problem, again.IsReplay) : default);
    }, orders: 1);

    [Fact]
    public void A_client_that_goes_away_finds_its_answer_when_it_asks_again() => IdempotencyRig.Play(async rig =>
    {
        using var gone = new CancellationTokenSource();
        rig.Function = async http =>
        {
            await gone.CancelAsync();
            await rig.Simulator.Delay(Moment);
            Assert.False(http.RequestAborted.IsCancellationRequested);
            await Results.Text("run 1").ExecuteAsync(http);
        };
        await rig.SendAsync(change: http => http.RequestAborted = gone.Token);
        var again = await rig.SendAsync(rig.There);
        Assert.Equal(("run 1", true, 1), (again.Body, again.IsReplay, rig.Runs));
    }, orders: 2);

    [Fact]
    public void Without_a_majority_nothing_runs() => IdempotencyRig.Play(async rig =>
    {
        rig.Cluster.Cut("r2");
        var answer = await rig.SendAsync(rig.Here);
        Assert.Equal((503, "no-quorum", "1", 0), (answer.Status, answer.Problem, answer.Headers["Retry-After"], rig.Runs));
        Assert.Equal("run 1", (await rig.SendAsync(rig.There)).Body);
        rig.Cluster.Heal();
        await rig.Simulator.Delay(Moment);
        Assert.Equal(("run 1", true), (await rig.SendAsync(rig.Here)) is var again ? (again.Body, again.IsReplay) : default);
    });

    [Fact]
    public void An_answer_that_cannot_be_kept_is_given_all_the_same_and_the_key_waits_for_its_mark() => IdempotencyRig.Play(async rig =>
    {
        rig.Function = http =>
        {
            rig.Fault(Fault.Down);
            return rig.TakeAsync(Moment, http);
        };
        Assert.Equal((200, "run 1"), (await rig.SendAsync()) is var first ? (first.Status, first.Body) : default);
        Assert.Contains("could not be kept", Assert.Single(rig.Logged), StringComparison.Ordinal);

        rig.Fault(Fault.None);
        rig.Function = http => rig.TakeAsync(Moment, http);
        await rig.Simulator.Delay(10 * Moment);
        Assert.Equal("idempotency-in-flight", (await rig.SendAsync(rig.There)).Problem);
        await rig.Simulator.Delay(KeyRegisters.MarkLife);
        Assert.Equal("run 2", (await rig.SendAsync(rig.There)).Body);
    }, orders: 2);

    [Fact]
    public void A_mark_whose_confirmation_was_lost_is_found_to_be_its_own_or_waits_for_its_end() => IdempotencyRig.Play(async rig =>
    {
        rig.Fault(Fault.AnswerLost);
        rig.Function = http =>
        {
            rig.Fault(Fault.None);
            return Results.Text("run 1").ExecuteAsync(http);
        };
        var first = await rig.SendAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{first.Status}");
        Assert.Equal(first.Status == 200 ? (1, "run 1", "") : (0, "", "no-quorum"), (rig.Runs, first.Problem.Length > 0 ? "" : first.Body, first.Problem));

        rig.Fault(Fault.None);
        await rig.Simulator.Delay(first.Status == 200 ? Moment : KeyRegisters.MarkLife);
        var again = await rig.SendAsync(rig.There);
        Assert.Equal((200, first.Status == 200, 1), (again.Status, again.IsReplay, rig.Runs));
    });
}
