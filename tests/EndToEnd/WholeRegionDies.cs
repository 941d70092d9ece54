using System.Diagnostics;
using System.Text.Json;
using Serverless.Local.FrontDoor;
using Serverless.Tests.Limits;
using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

/// <summary>The drill: three regions behind a front door, clients of every room, and one region's head and storage die at once.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class WholeRegionDies : IDisposable
{
    private const int ProbeSeconds = 1;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ConvergeLimit = TimeSpan.FromSeconds(30);

    private readonly CloudFolder _folder = new();
    private readonly SetHistory _history = new(TimeProvider.System);
    private readonly DrillTimeline _timeline = new();
    private readonly List<Process> _heads = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_notice_until_the_probes_do_nothing_acknowledged_is_lost_and_the_region_s_return_converges()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL.");
        var number = new Random(RunSeed.Value).Next(1, LocalProcess.Regions + 1);
        Say($"{RunSeed.Text}: region {number} dies");
        await using var up = await LocalProcess.StartAsync(_folder.Path, LocalProcess.FreePort(), "--front-door", "--probe-seconds", $"{ProbeSeconds}");
        try
        {
            var states = await StatesAsync(up);
            _heads.AddRange(states.Regions.Select(HeadOf));
            var clients = new DrillClients(up.Address, _timeline.Failures, _history);
            await using var talk = await DrillTalk.BeginAsync(up.Address, _timeline.Failures);
            try
            {
                await DrillAsync(up, number, clients, talk);
                await ConvergedAsync(up);
                await JudgeAsync(up, clients, talk, states.Probe);
            }
            finally
            {
                // Before the devices are stopped, which ends what they were asking.
                _timeline.Print();
            }
        }
        finally
        {
            await up.StopAsync();
            await HeadProcess.EndOfAsync(_heads.Where(head => !head.HasExited));
            _heads.ForEach(head => head.Dispose());
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task DrillAsync(LocalProcess up, int number, DrillClients clients, DrillTalk talk)
    {
        // A hard limit whose home dies refuses until its return, unless its rule says this.
        var domain = await up.Service.DomainAsync("unit: second, requests_per_unit: 5, on_failure: open");
        var before = await ClusterState.ReadAsync(up.Service);
        using var end = new CancellationTokenSource();
        var work = Task.WhenAll(clients.RunAsync(domain, end.Token), talk.RunAsync(end.Token));
        await Task.Delay(Calm, TimeProvider.System, Cancelled);

        // One that is slow gets no requests, and nobody would notice its death.
        await Eventually.HoldsAsync(async () => (await StatesAsync(up)).Of($"local-{number}").TakesRequests, "requests go to the region that is to die", ReturnLimit);
        _timeline.Begin($"SIGKILL for the head and the storage of region {number}");
        _heads[number - 1].Kill();
        await up.KillStorageAsync(number);
        await ReturnAsync(up, $"local-{number}", before);
        await Task.Delay(After, TimeProvider.System, Cancelled);
        await end.CancelAsync();
        await work;
    }

    private async Task ReturnAsync(LocalProcess up, string victim, ClusterState before)
    {
        Task UntilAsync(string what, Func<RegionState, bool> isSo) => _timeline.UntilAsync(async () => isSo((await StatesAsync(up)).Of(victim)), what, ReturnLimit);

        await UntilAsync("the front door takes it for unwell", region => !region.Well);
        await UntilAsync("its head runs again", region => region.Process is not null);
        _heads.Add(HeadOf((await StatesAsync(up)).Of(victim)));
        await UntilAsync("the front door takes it for well again", region => region.Well);
        await _timeline.UntilAsync(
            async () => await ClusterState.ReadAsync(up.Service) is var now && now.AllVote && now.IsReborn(victim, before),
            "its nodes, refilled as new incarnations, vote again", ReturnLimit);
    }

    // Before anything is read: a read would repair what was left out.
    private async Task ConvergedAsync(LocalProcess up)
    {
        await _timeline.UntilAsync(async () => await HintsAsync(up) == 0, "no hint waits any more", ConvergeLimit);
        var clients = new KvClients(up.Service);
        List<KvEntry> sets = [.. _history.Adds.Select(add => add.Key).Distinct().Select(key => new KvEntry(key, ""))];
        await _timeline.UntilAsync(async () => (await clients.HeldUnevenlyAsync(sets)).Count == 0, "all owners of every key hold the same", ConvergeLimit);
    }

    private async Task JudgeAsync(LocalProcess up, DrillClients clients, DrillTalk talk, ProbeRule rule)
    {
        var final = new Dictionary<string, IReadOnlySet<int>>();
        var reader = new SetClient([up.Service], 0, _history);
        foreach (var key in _history.Adds.Select(add => add.Key).Distinct())
            final[key] = await reader.LookAsync(key, "?r=3") ?? throw new InvalidOperationException($"{key} cannot be read.");
        var sets = SetFull.Of(_history.Adds, _history.Reads, final);
        var (lost, repeated, without) = (await talk.LostAsync(), clients.Ids.Count - clients.Ids.Distinct().Count(), await clients.WithoutLedgerAsync(up.Service));
        Say($"sets: {sets}");
        Say($"chat: {talk.Acknowledged} messages acknowledged, {lost} lost; devices are connected to {string.Join(", ", talk.Regions.CountBy(region => region))}");
        Say($"ids: {clients.Ids.Count} given out, {repeated} of them twice; limits: {clients.Checks} checks; notifications: {clients.Notifications.Count} accepted, {without} without a ledger");
        Assert.True(sets.Acknowledged > 0 && talk.Acknowledged > 0 && clients.Ids.Count > 0 && clients.Checks > 0 && clients.Notifications.Count > 0);
        Assert.Empty(sets.Lost);
        Assert.Empty(sets.Stale);
        Assert.Empty(sets.Unattempted);
        Assert.Equal((0, 0, 0), (lost, repeated, without));
        Assert.NotEmpty(_timeline.FailuresSince);
        Assert.InRange(_timeline.FailuresSince[^1].At, TimeSpan.Zero, rule.LongestBlindness + Grace);
    }

    private static Process HeadOf(RegionState region) => Process.GetProcessById(region.Process!.Value);

    private static async Task<RegionStates> StatesAsync(LocalProcess up)
    {
        using var answer = await up.Service.GetAsync(new Uri("api/dev/regions", UriKind.Relative), Cancelled);
        return (await RegionStates.OfAsync(answer))!;
    }

    private static async Task<long> HintsAsync(LocalProcess up)
    {
        using var cluster = JsonDocument.Parse(await up.Service.GetStringAsync(new Uri("api/cluster", UriKind.Relative), Cancelled));
        return cluster.RootElement.GetProperty("hints").EnumerateArray().Sum(hint => hint.GetProperty("count").GetInt64());
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
