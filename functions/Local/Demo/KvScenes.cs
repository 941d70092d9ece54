using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serverless.Local.Demo;

/// <summary>The main job of the key-value store: a value on three nodes in three regions outlives the storage of any one of them.</summary>
internal sealed class KvScenes
{
    private const int Keys = 200;
    private static readonly TimeSpan Return = TimeSpan.FromSeconds(60);

    private readonly string _run;
    private string _victim = "";
    private IReadOnlyList<string> _before = [];

    /// <param name="clock">Makes keys that no earlier demo wrote.</param>
    public KvScenes(TimeProvider clock) => _run = clock.GetUtcNow().ToUnixTimeSeconds().ToString("x", CultureInfo.InvariantCulture);

    /// <summary>The scenes in their order, with those of other rooms between them.</summary>
    public IEnumerable<Scene> With(IdsScenes ids, LimitsScenes limits, NotificationsScenes notifications, ChatScenes chat, RingScenes ring) =>
    [
        new("A value and its three homes", HomesAsync),
        new("Two clients write one key at once", SiblingsAsync),
        ids.FiveWays,
        limits.HoldsUnderLoad,
        notifications.ReachesEverybody,
        chat.TalkOnEveryDevice,
        new("A region's storage dies", DeathAsync),
        ids.DuringDeath,
        new("Hints grow for it", HintsAsync),
        new("The region returns", ReturnAsync),
        ids.AfterReturn,
        new("Hints are handed over, and repair compares all", RepairAsync),
        ring.GrowsAndShrinks,
    ];

    private string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"demo-{_run}-{i}");

    private async Task HomesAsync(DemoStage stage)
    {
        var written = await Task.WhenAll(Enumerable.Range(0, Keys).Select(async i => (await stage.PutAsync(Key(i), $"value {i}")).StatusCode));
        stage.Check(Array.TrueForAll(written, s => s == HttpStatusCode.NoContent), $"{Keys} values written, each held by at least two of its three owners");
        var owners = await stage.ShowOwnersAsync(Key(0));
        var regions = owners.Select(o => o.GetProperty("region").GetString()).Distinct().Count();
        var all = (await RegionsAsync(stage)).Count;
        stage.Check(regions == Math.Min(owners.Count, all), $"the {owners.Count} owners lie in {regions} different regions");
        stage.Check(await stage.IsAsync(Key(0), "value 0"), "the value reads back");
    }

    private async Task SiblingsAsync(DemoStage stage)
    {
        var key = $"demo-{_run}-both";
        await Task.WhenAll(stage.PutAsync(key, "tea"), stage.PutAsync(key, "coffee"));
        using var both = await stage.GetAsync($"kv/{key}");
        var siblings = JsonDocument.Parse(await both.Content.ReadAsStringAsync()).RootElement.GetProperty("siblings").EnumerateArray();
        stage.Check(
            both.StatusCode == HttpStatusCode.MultipleChoices, $"neither is lost: {(int)both.StatusCode} with {string.Join(" and ", siblings.Select(s => s.GetProperty("text")))}");
        using var merged = await stage.PutAsync(key, "tea and coffee", both.Headers.GetValues("X-Causality").Single());
        stage.Check(await stage.IsAsync(key, "tea and coffee"), "a write with the X-Causality of that answer leaves one value");
    }

    private async Task DeathAsync(DemoStage stage)
    {
        _victim = (await RegionsAsync(stage))[^1];
        _before = await IncarnationsAsync(stage);
        stage.Check(await stage.KillAsync(_victim), $"the storage of {_victim} was killed; up to five seconds of what it acknowledged are gone");
        var read = await Task.WhenAll(Enumerable.Range(0, Keys).Select(i => stage.IsAsync(Key(i), $"value {i}")));
        stage.Check(Array.TrueForAll(read, r => r), $"all {Keys} values read back from the other regions");
        var written = await Task.WhenAll(Enumerable.Range(Keys, Keys).Select(async i => (await stage.PutAsync(Key(i), $"value {i}")).StatusCode));
        stage.Check(
            Array.TrueForAll(written, s => s == HttpStatusCode.NoContent),
            $"{Keys} new values written meanwhile: {string.Join(", ", written.CountBy(s => s).Select(s => $"{s.Value} times {(int)s.Key}"))}");
        await stage.ShowOwnersAsync(Key(0));
    }

    private async Task HintsAsync(DemoStage stage)
    {
        var grown = await stage.UntilAsync(async () => await HintsForVictimAsync(stage) > 0, Return);
        stage.Check(grown, $"{await HintsForVictimAsync(stage)} writes wait as hints for the nodes of {_victim}:");
        foreach (var hint in await HintsAsync(stage, _victim))
            stage.Say($"  {hint.GetProperty("node")} keeps {hint.GetProperty("count")} for {hint.GetProperty("waitingFor")}");
        using var strict = await stage.GetAsync($"kv/{Key(Keys)}?sloppy=false");
        stage.Check(
            strict.StatusCode == HttpStatusCode.OK,
            $"a read of owners only is answered by {string.Join(" and ", strict.Headers.GetValues("X-Answered-By"))}; X-Mode: {string.Join("", strict.Headers.GetValues("X-Mode"))}");
    }

    private async Task ReturnAsync(DemoStage stage)
    {
        stage.Say("its storage starts again after ten seconds, empty, as a new incarnation, and is refilled from the other owners…");
        var back = await stage.UntilAsync(
            async () => await IncarnationsAsync(stage) is var now && !now.SequenceEqual(_before) && await AllVoteAsync(stage), Return);
        stage.Check(back, $"{_victim} has a new incarnation and votes again");
        var owners = await stage.ShowOwnersAsync(Key(0));
        var fingerprints = owners.Select(o => o.GetProperty("fingerprint").GetString()).Distinct().Count();
        stage.Check(fingerprints == 1, "all owners hold the same again, without any client having read");
        var read = await Task.WhenAll(Enumerable.Range(0, 2 * Keys).Select(i => stage.IsAsync(Key(i), $"value {i}")));
        stage.Check(Array.TrueForAll(read, r => r), $"all {2 * Keys} values read back");
    }

    private async Task RepairAsync(DemoStage stage)
    {
        stage.Check(await stage.UntilAsync(async () => await HintsForVictimAsync(stage) == 0, Return), "no hint waits any more");
        var began = stage.Clock.GetUtcNow();
        stage.Check(await stage.RunAsync("replication-repair"), "anti-entropy runs now, instead of at the next five minutes");
        JsonElement sweep = default;
        var ended = await stage.UntilAsync(
            async () =>
            {
                var sweeps = (await stage.JsonAsync("cluster")).GetProperty("repair").EnumerateArray();
                sweep = sweeps.FirstOrDefault(s => s.GetProperty("endedAt") is { ValueKind: JsonValueKind.String } end && end.GetDateTimeOffset() >= began);
                return sweep.ValueKind == JsonValueKind.Object;
            },
            Return);
        stage.Check(
            ended && sweep.GetProperty("complete").GetInt32() == sweep.GetProperty("partitions").GetInt32(),
            ended ? $"{sweep.GetProperty("partitions")} partitions compared by their hash trees on all owners, {sweep.GetProperty("differences")} keys differed" : "it did not end in time");
    }

    private static async Task<IReadOnlyList<JsonElement>> HintsAsync(DemoStage stage, string region) =>
        [.. (await stage.JsonAsync("cluster")).GetProperty("hints").EnumerateArray().Where(h => h.GetProperty("waitingFor").GetString()!.StartsWith(region, StringComparison.Ordinal))];

    private async Task<long> HintsForVictimAsync(DemoStage stage) => (await HintsAsync(stage, _victim)).Sum(h => h.GetProperty("count").GetInt64());

    private static async Task<IReadOnlyList<JsonElement>> NodesAsync(DemoStage stage) =>
        [.. (await stage.JsonAsync("cluster")).GetProperty("nodes").EnumerateArray()];

    private static async Task<IReadOnlyList<string>> RegionsAsync(DemoStage stage) =>
        [.. (await NodesAsync(stage)).Select(n => n.GetProperty("region").GetString()!).Distinct().Order(StringComparer.Ordinal)];

    private async Task<IReadOnlyList<string>> IncarnationsAsync(DemoStage stage) =>
        [.. (await NodesAsync(stage)).Where(n => n.GetProperty("region").GetString() == _victim).Select(n => n.GetProperty("incarnation").GetString()!)];

    private static async Task<bool> AllVoteAsync(DemoStage stage) =>
        (await NodesAsync(stage)).All(n => n.GetProperty("state").GetString() == "member");
}
