using System.Collections.Concurrent;
using System.Globalization;
using Serverless.Local.Chat;
using Serverless.Tests.EndToEnd;
using Serverless.Tests.Local;

namespace Serverless.Tests.Chat;

/// <summary>Real processes: two hundred devices talk through the heads of two regions, and one head is killed.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class ChatSurvives : IDisposable
{
    private const int People = 40;
    private const int DevicesEach = 5;
    private const int Rooms = 20;
    private const int MembersEach = 10;

    private static readonly TimeSpan Talk = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan UntilKilled = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan PauseEach = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OneBeat = TimeSpan.FromSeconds(65);

    private readonly CloudFolder _folder = new();
    private readonly ConcurrentBag<(double Milliseconds, bool Calm)> _latencies = [];
    private readonly ConcurrentBag<(string Room, ChatEvent Event)> _acknowledged = [];
    private readonly ConcurrentDictionary<string, byte> _doubles = new(StringComparer.Ordinal);
    private volatile bool _calm = true;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task What_was_acknowledged_is_on_every_device_once_although_a_head_is_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGKILL.");
        var (random, port) = (new Random(RunSeed.Value), LocalProcess.FreePort());
        TestContext.Current.TestOutputHelper?.WriteLine(RunSeed.Text);
        await using var up = await LocalProcess.StartAsync(_folder.Path, port);
        await using var head = up.LaunchHead(2, port + 1);
        await head.ReadyAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(number => ChatApi.SignInAsync(up.Address, $"user-{number}", Cancelled)));
        var rooms = new List<(string Name, List<int> Members)>();
        for (var number = 0; number < Rooms; number++)
        {
            var members = Enumerable.Range(0, MembersEach).Select(k => (number * 7 + k * 3) % People).ToList();
            rooms.Add((await ChatPeople.GroupAsync([.. members.Select(member => people[member])]), members));
        }

        var devices = Enumerable.Range(0, People * DevicesEach).Select(number => Device(people[number / DevicesEach], number, up.Address, head.Address)).ToList();
        await Task.WhenAll(devices.Select(device => device.StartAsync()));
        var talking = Task.WhenAll(Enumerable.Range(0, People).Select(person => TalkAsync(devices[person * DevicesEach], [.. rooms.Where(room => room.Members.Contains(person)).Select(room => room.Name)], random.Next())));
        await Task.Delay(UntilKilled, TimeProvider.System, Cancelled);
        _calm = false;
        await head.KillAsync();
        await talking;

        var truth = new Dictionary<string, List<ChatEvent>>(StringComparer.Ordinal);
        foreach (var (name, members) in rooms)
            truth[name] = await people[members[0]].EventsAsync(name);
        var waiting = rooms.SelectMany(room => room.Members.SelectMany(member => devices[(member * DevicesEach)..((member + 1) * DevicesEach)].Select(device => (room.Name, Device: device)))).ToList();
        await Eventually.HoldsAsync(() =>
        {
            waiting.RemoveAll(one => one.Device.EventsOf(one.Name).Count >= truth[one.Name].Count);
            return waiting.Count == 0;
        }, "every device has everything", OneBeat);
        foreach (var (name, members) in rooms)
            Assert.All(members.SelectMany(member => devices[(member * DevicesEach)..((member + 1) * DevicesEach)]), device => Assert.Equal(truth[name], device.EventsOf(name)));
        var lost = _acknowledged.Count(one => truth[one.Room].Find(stored => stored.Seq == one.Event.Seq) != one.Event);
        Report(devices.Count, lost);
        Assert.Equal(0, lost);
        Assert.Empty(_doubles);
        Assert.All(truth.Values, events => Assert.Equal(events.Count(one => one.ClientId is not null), events.Where(one => one.ClientId is not null).Select(one => one.ClientId).Distinct().Count()));
        foreach (var device in devices)
            await device.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private ChatDevice Device(ChatApi person, int number, Uri first, Uri second)
    {
        var heard = new ConcurrentDictionary<(string Room, long Seq), byte>();
        ChatApi[] heads = number % 2 == 0 ? [person.At(first), person.At(second)] : [person.At(second), person.At(first)];
        return new ChatDevice(heads, $"device-{number}", TimeProvider.System, new Random(number))
        {
            Heard = (room, one) =>
            {
                if (!heard.TryAdd((room, one.Seq), 0))
                    _doubles.TryAdd($"{room}/{one.Seq}", 0);
                if (one is { Kind: "text", Text: { } text } && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sent))
                    _latencies.Add(((Now - new DateTimeOffset(sent, TimeSpan.Zero)).TotalMilliseconds, _calm));
            },
        };
    }

    private async Task TalkAsync(ChatDevice device, List<string> rooms, int seed)
    {
        var (random, until) = (new Random(seed), Now + Talk);
        await Task.Delay(random.NextDouble() * PauseEach, TimeProvider.System, Cancelled);
        while (Now < until)
        {
            var room = rooms[random.Next(rooms.Count)];
            _acknowledged.Add((room, await device.SendAsync(room, new { text = Now.Ticks.ToString(CultureInfo.InvariantCulture) }, Cancelled)));
            await Task.Delay(random.NextDouble() * 2 * PauseEach, TimeProvider.System, Cancelled);
        }
    }

    private void Report(int devices, int lost)
    {
        foreach (var (name, some) in new[] { ("before the kill", _latencies.Where(one => one.Calm)), ("after it", _latencies.Where(one => !one.Calm)) })
        {
            var sorted = some.Select(one => one.Milliseconds).Order().ToList();
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {sorted.Count} heard, from send to receive p50 {sorted[sorted.Count / 2]:0} ms, p99 {sorted[sorted.Count * 99 / 100]:0} ms");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{devices} connections, {Rooms} rooms, {_acknowledged.Count} messages acknowledged, {lost} lost");
    }
}
