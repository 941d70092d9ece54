using System.Collections.Immutable;
using System.Globalization;
using Serverless.Chat;
using Serverless.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Chat;

/// <summary>
/// A life of the room: people with several devices who talk in two groups through instances of three regions; pushes that are lost, doubled and late; instances that pause or die, nodes and
/// whole regions that are gone for a while. In the end every device has what its rooms decided, and nothing else.
/// </summary>
internal sealed class ChatScenario
{
    private const int Instances = 6;
    private const int MessagesEach = 7;

    private static readonly string[] People = ["ann", "ben", "cho", "dan"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly Simulator _simulator;
    private readonly SimulatedCluster _cluster;
    private readonly List<ChatInstance> _instances = [];
    private readonly List<SimulatedDevice> _devices = [];
    private readonly HashSet<int> _paused = [];
    private readonly List<(string Room, RoomOrder.Send Order, RoomEvent Event)> _acknowledged = [];
    private readonly Dictionary<(string Room, string User), Mark> _marks = [];
    private readonly List<string> _broken = [];
    private readonly string[] _rooms = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
    private long _ids;
    private bool _ends;

    private ChatScenario(int seed)
    {
        _simulator = new Simulator(seed);
        _cluster = new SimulatedCluster(_simulator, Instances, nodesPerRegion: 1, mostHints: 1_000, Mutation.None);
        for (var i = 0; i < Instances; i++)
            _instances.Add(new ChatInstance(_cluster, i, new Push(this, i)));
        foreach (var user in People)
            _devices.AddRange(Enumerable.Range(0, 1 + _simulator.Random.Next(2)).Select(_ => new SimulatedDevice(user)));
    }

    public static ChatLife Run(int seed)
    {
        var scenario = new ChatScenario(seed);
        scenario._simulator.Run(scenario.LiveAsync);
        return new ChatLife(
            scenario._broken, scenario._acknowledged.Count, scenario._devices.Sum(device => device.Restarts),
            $"{scenario._simulator.Steps} steps, {scenario._acknowledged.Count} acknowledged, {scenario._simulator.Time.GetTimestamp()} ticks");
    }

    private DateTimeOffset Now => _simulator.Time.GetUtcNow();

    private Random Random => _simulator.Random;

    private async Task LiveAsync()
    {
        await _cluster.SettleAsync();
        foreach (var room in _rooms)
            await OpenAsync(room);
        var weather = WeatherAsync();
        var devices = _devices.Select(HeartbeatAsync).ToList();
        await Task.WhenAll(People.Select(TalkAsync));
        _ends = true;
        await Task.WhenAll([weather, .. devices]);
        foreach (var device in _devices)
            await SyncAsync(device, always: true);
        await CheckAsync();
    }

    private async Task OpenAsync(string room)
    {
        var members = People.Take(3).ToList();
        foreach (var user in members)
            await UntilAsync(async () => await _instances[0].Memberships.AddAsync(user, room, CancellationToken.None) == true);
        var first = RoomRules.Create(RoomKind.Group, "talk", members[0], members.Skip(1), NextId(), Now);
        await UntilAsync(async () => await _instances[0].Rooms.CreateAsync(room, first, CancellationToken.None) is DocumentChange<Room>.Written or DocumentChange<Room>.Unchanged);
    }

    private async Task TalkAsync(string user)
    {
        var skew = Random.Next(-100_000, 100_000);
        for (var i = 0; i < MessagesEach; i++)
        {
            await PauseAsync(12_000);
            var room = _rooms[Random.Next(8) == 0 ? 1 : 0];
            if (user == People[0] && Random.Next(6) == 0)
                await ChangeMembersAsync(room);
            await SendAsync(room, Order(user, room, skew));
            if (Random.Next(8) == 0 && _acknowledged.Where(one => one.Order.By == user).ToList() is { Count: > 0 } sent)
                await AgainAsync(sent[Random.Next(sent.Count)]);
        }
    }

    private RoomOrder.Send Order(string user, string room, int skew)
    {
        var own = _acknowledged.Where(one => one.Room == room && one.Order.By == user && one.Event.Kind == EventKind.Text).Select(one => one.Event.Seq).ToList();
        var kind = own.Count == 0 ? EventKind.Text : Random.Next(8) switch { 0 => EventKind.Edited, 1 => EventKind.Deleted, _ => EventKind.Text };
        var text = Random.Next(20) == 0 ? new string('가', 1_000 + Random.Next(3_000)) : string.Create(CultureInfo.InvariantCulture, $"{user} says {Random.Next(1_000)}");
        return new RoomOrder.Send(
            user, NextId(), Now, kind, SimulatedIds.ClientId(Random, Now.AddSeconds(skew)), kind == EventKind.Deleted ? null : text, null, kind == EventKind.Text ? null : own[Random.Next(own.Count)]);
    }

    // As a client does: whoever has no answer sends the same again, through some other instance.
    private async Task SendAsync(string room, RoomOrder.Send order)
    {
        while (true)
        {
            switch (await AnyAsync(instance => instance.Sender.SendAsync(room, order with { Id = NextId(), At = Now }, CancellationToken.None)))
            {
                case RoomOutcome.Done(var one):
                    _acknowledged.Add((room, order, one));
                    return;
                case RoomOutcome.Repeated(var one):
                    _acknowledged.Add((room, order, one));
                    return;
                case RoomOutcome.Refused(RoomRefusal.NotMember or RoomRefusal.IsDeleted or RoomRefusal.NoSuchMessage):
                    return;
                case RoomOutcome.Refused(var why):
                    _broken.Add($"{order.By} was refused: {why}");
                    return;
            }

            await PauseAsync(3_000);
        }
    }

    // Much later, and as it was.
    private async Task AgainAsync((string Room, RoomOrder.Send Order, RoomEvent Event) sent)
    {
        var outcome = await AnyAsync(instance => instance.Sender.SendAsync(sent.Room, sent.Order with { Id = NextId(), At = Now }, CancellationToken.None));
        if (outcome is RoomOutcome.Done(var twice))
            _broken.Add($"{sent.Order.ClientId} of {sent.Order.By} is event {sent.Event.Seq} and event {twice.Seq}");
        else if (outcome is RoomOutcome.Repeated(var one) && (one.Seq, one.Id) != (sent.Event.Seq, sent.Event.Id))
            _broken.Add($"{sent.Order.ClientId} was event {sent.Event.Seq}, and is told to be {one.Seq}");
    }

    private async Task ChangeMembersAsync(string room)
    {
        var owner = People[0];
        if (Random.Next(2) == 0)
        {
            await AnyAsync(instance => instance.Rooms.RunAsync(room, new RoomOrder.Remove(owner, NextId(), Now, People[3])));
            return;
        }

        await AnyAsync(async instance => await instance.Memberships.AddAsync(People[3], room, CancellationToken.None) == true
            ? await instance.Rooms.RunAsync(room, new RoomOrder.Add(owner, NextId(), Now, People[3]))
            : new RoomOutcome.NoQuorum(0, 0));
    }

    private async Task HeartbeatAsync(SimulatedDevice device)
    {
        await SyncAsync(device, always: true);
        while (!_ends)
        {
            await PauseAsync(60_000);
            device.IsConnected = Random.Next(4) != 0;
            if (device.IsConnected)
                await SyncAsync(device, always: Random.Next(4) == 0);
            foreach (var (room, transcript) in device.Rooms.Where(_ => Random.Next(4) == 0).ToList())
                await MarkAsync(device.User, room, new Mark(transcript.Position, Random.Next((int)transcript.Position + 1)));
        }
    }

    // A heartbeat tells the heads; whoever has less asks.
    private async Task SyncAsync(SimulatedDevice device, bool always)
    {
        while (true)
        {
            var instance = _instances[Random.Next(Instances)];
            foreach (var (room, transcript) in device.Rooms)
            {
                if (await WithinAsync(instance.Rooms.GlanceAsync(room, CancellationToken.None)) is DocumentRead<Room>.Held { Value: { } held })
                    transcript.Know(held.Seq);
            }

            if (!always && device.Rooms.Values.All(transcript => !transcript.IsBehind))
                return;
            var answer = await WithinAsync(instance.Syncing.RunAsync(device.User, device.Positions, CancellationToken.None));
            if (answer is SyncResult.Done done)
            {
                device.Synced(done);
                return;
            }

            if (answer is SyncResult.FromTheFuture future)
                _broken.Add($"a device of {device.User} is ahead of {future.Room}, which ends at {future.Seq}");
            await PauseAsync(2_000);
        }
    }

    private async Task MarkAsync(string user, string room, Mark mark)
    {
        if (await AnyAsync(async instance => (object)await instance.Marks.MoveAsync(room, user, mark)) is not MarkOutcome.Now(var now, _))
            return;
        var before = _marks.GetValueOrDefault((room, user));
        if (now != now.Or(mark))
            _broken.Add($"the mark of {user} is {now} after {mark}");
        _marks[(room, user)] = before.Or(now);
    }

    private async Task WeatherAsync()
    {
        var nodes = _cluster.Nodes.Keys.Order(StringComparer.Ordinal).ToList();
        while (!_ends)
        {
            await PauseAsync(20_000);
            var (node, instance, region) = (nodes[Random.Next(nodes.Count)], Random.Next(Instances), $"r{1 + Random.Next(3)}");
            var isRegion = Random.Next(4) == 0;
            foreach (var one in nodes.Where(one => isRegion ? one.StartsWith(region, StringComparison.Ordinal) : one == node))
                _cluster.Nodes[one].Weather = isRegion ? Weather.Down : (Weather)Random.Next(5);
            var pausing = Enumerable.Range(0, Instances).Where(i => isRegion ? $"r{i % 3 + 1}" == region : i == instance && Random.Next(2) == 0).ToList();
            pausing.ForEach(Pause);
            if (Random.Next(3) == 0)
                _cluster.Cut(instance, node);
            await PauseAsync(15_000);
            foreach (var one in nodes)
                _cluster.Nodes[one].Weather = Weather.Fair;
            pausing.ForEach(Resume);
            _cluster.Heal();
        }
    }

    // What a paused instance was about to send it sends when it goes on; one that dies never does, and another begins in its place.
    private void Pause(int instance)
    {
        _paused.Add(instance);
        _cluster.Pause(instance);
    }

    private void Resume(int instance)
    {
        _paused.Remove(instance);
        _cluster.Resume(instance);
        if (Random.Next(2) == 0)
            _instances[instance] = new ChatInstance(_cluster, instance, new Push(this, instance));
    }

    private async Task CheckAsync()
    {
        foreach (var name in _rooms)
        {
            Room? room = null;
            await UntilAsync(async () => (room = (await _instances[0].Rooms.LatestAsync(name, CancellationToken.None) as DocumentRead<Room>.Held)?.Value) is not null);
            ImmutableArray<RoomEvent>? read = null;
            await UntilAsync(async () => (read = await _instances[1].Reader.ReadAsync(name, room!, 1, room!.Seq, CancellationToken.None)) is not null);
            _broken.AddRange(ChatLaws.Broken(name, room!, [.. read!.Value], [.. _acknowledged.Where(one => one.Room == name).Select(one => (one.Order, one.Event))], _devices));
            _broken.AddRange(_marks.Where(one => one.Key.Room == name && one.Value.Received > room!.Seq).Select(one => $"{one.Key.User} has received more of {name} than there is"));
        }
    }

    private Task<T?> AnyAsync<T>(Func<ChatInstance, Task<T>> call)
        where T : class => WithinAsync(call(_instances[Random.Next(Instances)]));

    private async Task<T?> WithinAsync<T>(Task<T> call)
        where T : class => await Task.WhenAny(call, _simulator.Delay(Patience)) == call ? await call : null;

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
            await PauseAsync(1_000);
    }

    private Task PauseAsync(int mostMilliseconds) => _simulator.Delay(TimeSpan.FromMilliseconds(1 + Random.Next(mostMilliseconds)));

    private string NextId() => (++_ids).ToString(CultureInfo.InvariantCulture);

    // To each device on a way of its own.
    private sealed class Push(ChatScenario scenario, int instance) : IRoomListener
    {
        public Task CommittedAsync(string room, Room now, IReadOnlyList<RoomEvent> events)
        {
            foreach (var device in scenario._devices.Where(device => now.MemberOf(device.User) is not null))
            {
                for (var copies = scenario.Random.Next(6) switch { 0 => 0, 1 => 2, _ => 1 }; copies > 0; copies--)
                    _ = ArriveAsync(device);
            }

            return Task.CompletedTask;

            async Task ArriveAsync(SimulatedDevice device)
            {
                await scenario.PauseAsync(5_000);
                if (device.IsConnected && !scenario._paused.Contains(instance))
                    device.Pushed(room, events);
            }
        }
    }
}
