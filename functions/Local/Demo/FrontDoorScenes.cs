using System.Globalization;
using System.Text.Json;
using Serverless.Local.Chat;
using Serverless.Local.FrontDoor;

namespace Serverless.Local.Demo;

/// <summary>Two people talk through the front door; the region that one of them is connected to dies whole, and comes back.</summary>
internal sealed class FrontDoorScenes(TimeProvider clock)
{
    private static readonly TimeSpan Return = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly string _run = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds():x}");

    public Scene ARegionDies => new("A region dies mid-conversation", PlayAsync);

    private async Task PlayAsync(DemoStage stage)
    {
        if (await StatesAsync(stage) is not { } states)
        {
            stage.Say("this cloud has no front door: \"up --front-door --probe-seconds 1\" starts one that has, and \"demo\" without a running cloud starts one by itself");
            return;
        }

        using var ann = await ChatApi.SignInAsync(stage.Address, $"ann-{_run}-door", CancellationToken.None);
        using var ben = await ChatApi.SignInAsync(stage.Address, $"ben-{_run}-door", CancellationToken.None);
        var room = Guid.CreateVersion7(clock.GetUtcNow()).ToString("D");
        using (var opened = await ann.PutAsync($"rooms/{room}", new { name = "Mid-conversation", members = new[] { ben.User } }, CancellationToken.None))
            stage.Check(opened.IsSuccessStatusCode, "ann and ben have a room, through the front door");
        await using var laptop = new ChatDevice([ann], "laptop", clock, new Random(1));
        await using var phone = new ChatDevice([ben], "phone", clock, new Random(2));
        await Task.WhenAll(laptop.StartAsync(), phone.StartAsync());
        var victim = phone.Region!;
        stage.Say($"her laptop is connected to {laptop.Region}, his phone to {victim}; requests go to {string.Join(", ", states.Regions.Where(r => r.Well).Select(r => r.Region))} in turn");

        var before = await NodesOfAsync(stage, victim);
        var talk = new Conversation(ann, room, clock);
        await talk.SayAsync(10);
        stage.Check(await stage.KillAsync(victim, withHead: true), $"{victim} dies while they talk: its head and its storage, without saving");
        await TalkUntilBackAsync(stage, talk, victim, before);

        stage.Say($"{talk.Said} messages said meanwhile; {talk.Failures} requests failed and were sent again, under the same client ids");
        var blind = states.Probe.LongestBlindness + Grace;
        stage.Check(talk.LastFailure <= blind, string.Create(CultureInfo.InvariantCulture, $"failures ended {talk.LastFailure.TotalSeconds:0.0} s after the kill; by the probe rule they may last {blind.TotalSeconds:0} s"));
        var heard = await stage.UntilAsync(() => Task.FromResult(talk.IsWholeOn(phone) && talk.IsWholeOn(laptop)), Patience);
        stage.Check(heard, $"both devices have all {talk.Said} messages, once and in order; his phone is connected to {phone.Region} now");
    }

    private static async Task TalkUntilBackAsync(DemoStage stage, Conversation talk, string victim, IReadOnlyList<(string Incarnation, string State)> before)
    {
        talk.Begin();
        var wasWell = true;
        var back = await stage.UntilAsync(
            async () =>
            {
                await talk.SayAsync(1);
                var isWell = (await StatesAsync(stage))!.Of(victim).Well;
                if (isWell != wasWell)
                    stage.Say(string.Create(CultureInfo.InvariantCulture, $"{talk.Elapsed.TotalSeconds:0.0} s: the front door takes {victim} for {(isWell ? "well again" : "unwell, and asks the others alone")}"));
                wasWell = isWell;
                return isWell && await NodesOfAsync(stage, victim) is { Count: > 0 } now && now.All(node => node.State == "member")
                    && !now.Select(node => node.Incarnation).Intersect(before.Select(node => node.Incarnation)).Any();
            },
            Return);
        stage.Check(back, string.Create(CultureInfo.InvariantCulture, $"{talk.Elapsed.TotalSeconds:0.0} s: {victim} is back; its nodes were refilled from the other regions and vote again"));
    }

    private static async Task<RegionStates?> StatesAsync(DemoStage stage)
    {
        using var answer = await stage.GetAsync("dev/regions");
        return await RegionStates.OfAsync(answer);
    }

    // Empty when the region that was asked failed.
    private static async Task<IReadOnlyList<(string Incarnation, string State)>> NodesOfAsync(DemoStage stage, string region)
    {
        using var answer = await stage.GetAsync("cluster");
        if (!answer.IsSuccessStatusCode)
            return [];
        var nodes = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("nodes").EnumerateArray();
        return [.. nodes.Where(node => node.GetProperty("region").GetString() == region).Select(node => (node.GetProperty("incarnation").GetString()!, node.GetProperty("state").GetString()!))];
    }
}
