using System.Collections.Immutable;
using Serverless.Notifications;
using Serverless.Tests.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Notifications;

/// <summary>
/// A life of the room: people with some devices, services that send to them, workers that die anywhere and are replaced, a queue that delivers twice and now and then loses everything, providers that
/// fail. In the end every delivery has come to one, nothing is lost, and whatever came twice is marked.
/// </summary>
internal sealed class NotifyScenario
{
    private const int Workers = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(30);

    private readonly Simulator _simulator;
    private readonly MemoryCluster _cluster;
    private readonly SimulatedQueues _queues;
    private readonly ProviderHistory _providers;
    private readonly NotifyInstance _observer;
    private readonly List<string> _broken = [];
    private readonly List<Serverless.Notifications.Notification> _accepted = [];
    private readonly int? _diesAt;
    private readonly bool _stormy;
    private int _instances;
    private int _deaths;
    private bool _ends;

    private NotifyScenario(int seed, int? diesAt, bool stormy)
    {
        (_diesAt, _stormy, _simulator) = (diesAt, stormy, new Simulator(seed));
        _cluster = new MemoryCluster(nodesPerRegion: 1, clock: _simulator.Time, partitions: 8);
        (_queues, _providers) = (new SimulatedQueues(_simulator), new ProviderHistory(_simulator) { Failing = stormy ? 25 : 0 });
        _observer = Instance(new MortalLife());
    }

    /// <summary>Short leases, so that a life is short.</summary>
    public static NotificationsOptions Settings { get; } = new() { LeaseSeconds = 10, ClockMarginSeconds = 2, AtOnce = 4, MaxAttempts = 30 };

    /// <summary>A stormy life by a seed.</summary>
    public static NotifyLife Run(int seed) => Run(new NotifyScenario(seed, null, stormy: true), notifications: 4, recipients: 12);

    /// <summary>A calm life in which the first worker dies at one point of its way.</summary>
    public static NotifyLife RunDyingAt(int point, int recipients) => Run(new NotifyScenario(point, point, stormy: false), notifications: 1, recipients);

    private static NotifyLife Run(NotifyScenario scenario, int notifications, int recipients)
    {
        scenario._simulator.Run(() => scenario.LiveAsync(notifications, recipients));
        var doubles = scenario._providers.Calls.Select(call => call.Call.Delivery).Distinct().Sum(delivery => Math.Max(0, scenario._providers.Taken(delivery) - 1));
        return new NotifyLife(
            scenario._broken, scenario._accepted.Sum(n => n.Recipients.Length), doubles, scenario._deaths,
            $"{scenario._simulator.Steps} steps, {scenario._providers.Calls.Count} calls, {scenario._deaths} deaths, {scenario._simulator.Time.GetTimestamp()} ticks");
    }

    private async Task LiveAsync(int notifications, int recipients)
    {
        await _simulator.Delay(TimeSpan.FromSeconds(1));
        var users = await PeopleAsync(recipients);
        var workers = Enumerable.Range(0, Workers).Select(number => WorkAsync(isFirst: number == 0)).ToList();
        var sweeps = SweepAsync();
        var weather = _stormy ? WeatherAsync() : Task.CompletedTask;
        for (var i = 0; i < notifications; i++)
            await SendAsync(i, users);
        await DrainAsync();
        _ends = true;
        await Task.WhenAll([.. workers, sweeps, weather]);
        await CheckAsync();
    }

    private NotifyInstance Instance(MortalLife life) => new(_instances++, life, _cluster, _simulator, _queues, _providers, Settings);

    private async Task<ImmutableArray<Recipient>> PeopleAsync(int recipients)
    {
        var platforms = Enum.GetValues<Platform>();
        for (var user = 0; user < recipients; user++)
        {
            var devices = Enumerable.Range(0, _stormy ? _simulator.Random.Next(3) : 1).Select(number => new Device(
                $"d{number}", platforms[_simulator.Random.Next(platforms.Length)], $"token {user}.{number}", "app", _simulator.Time.GetUtcNow(), _simulator.Time.GetUtcNow())).ToImmutableArray();
            foreach (var device in devices.Where(_ => _stormy && _simulator.Random.Next(8) == 0))
                _providers.Dead.Add(device.Token);
            await _observer.People.ChangeAsync($"u{user}", person => person with { Devices = devices, Email = user % 2 == 0 ? $"u{user}@example.com" : null }, CancellationToken.None);
        }

        return [.. Enumerable.Range(0, recipients).Select(user => new Recipient($"u{user}"))];
    }

    // Whoever has no answer asks again under the same id, through another instance.
    private async Task SendAsync(int number, ImmutableArray<Recipient> recipients)
    {
        var notification = new Serverless.Notifications.Notification(
            $"{number:x32}", "shop", "f", _simulator.Time.GetUtcNow(), recipients, "news", null, null, new Content("Hi", "there"), Priority.Normal, null,
            _simulator.Time.GetUtcNow() + TimeSpan.FromDays(2), null, _stormy ? [Channel.Push, Channel.Email, Channel.InApp] : [Channel.InApp], IsByPreference: false);
        for (var tries = 0; ; tries++)
        {
            var instance = Instance(new MortalLife { DiesAt = _stormy && tries < 3 && _simulator.Random.Next(2) == 0 ? 1 + _simulator.Random.Next(20) : null, Died = () => _deaths++ });
            var accepting = instance.Acceptance.AcceptAsync(notification, CancellationToken.None);
            if (await Task.WhenAny(accepting, _simulator.Delay(TimeSpan.FromSeconds(20))) == accepting && await accepting is AcceptResult.Accepted)
                break;
        }

        _accepted.Add(notification);
        await _simulator.Delay(TimeSpan.FromSeconds(_simulator.Random.Next(20)));
    }

    private async Task WorkAsync(bool isFirst)
    {
        var instance = Instance(NewLife(isFirst));
        while (!_ends)
        {
            if (_queues.Receive() is not { } message)
            {
                await _simulator.Delay(TimeSpan.FromMilliseconds(500));
                continue;
            }

            var running = RunAsync(instance, message);
            while (!running.IsCompleted && !instance.Life.IsDead)
                await Task.WhenAny(running, _simulator.Delay(TimeSpan.FromSeconds(1)));
            if (instance.Life.IsDead)
                instance = Instance(NewLife(isFirst: false));
        }
    }

    private async Task RunAsync(NotifyInstance instance, QueuedMessage message)
    {
        await instance.RunAsync(message);
        if (!instance.Life.IsDead)
            _queues.Settle(message);
    }

    private MortalLife NewLife(bool isFirst) => new()
    {
        DiesAt = isFirst && _diesAt is { } point ? point : _stormy && _simulator.Random.Next(2) == 0 ? 1 + _simulator.Random.Next(400) : null,
        Died = () => _deaths++,
    };

    private async Task SweepAsync()
    {
        var instance = Instance(new MortalLife());
        while (!_ends)
        {
            await _simulator.Delay(TimeSpan.FromMinutes(1));
            await instance.Sweeper.RunAsync(CancellationToken.None);
        }
    }

    // A node is gone for a while, or the queue loses what it has.
    private async Task WeatherAsync()
    {
        var nodes = _cluster.Faults.Keys.Order(StringComparer.Ordinal).ToList();
        for (var i = 0; i < 6 && !_ends; i++)
        {
            await _simulator.Delay(TimeSpan.FromSeconds(_simulator.Random.Next(60)));
            if (_simulator.Random.Next(4) == 0)
                _queues.Lose();
            var node = _cluster.Faults[nodes[_simulator.Random.Next(nodes.Count)]];
            node.Fault = (Fault)_simulator.Random.Next(5);
            await _simulator.Delay(TimeSpan.FromSeconds(_simulator.Random.Next(20)));
            node.Fault = Fault.None;
        }
    }

    private async Task DrainAsync()
    {
        var limit = _simulator.Time.GetUtcNow() + Longest;
        while (_simulator.Time.GetUtcNow() < limit && !await IsDrainedAsync())
            await _simulator.Delay(TimeSpan.FromSeconds(30));
    }

    private async Task<bool> IsDrainedAsync()
    {
        for (var slot = 0; slot < OpenChunks.Slots; slot++)
        {
            if (await _observer.Open.ReadAsync(slot, CancellationToken.None) is not { Chunks.Count: 0 })
                return false;
        }

        return true;
    }

    private async Task CheckAsync()
    {
        if (!await IsDrainedAsync())
            _broken.Add("some chunk is still open");
        var total = Counts.None;
        foreach (var notification in _accepted)
        {
            if (await _observer.Reader.ReadAsync(notification.Id, CancellationToken.None) is not LedgerRead.Found found)
            {
                _broken.Add($"{notification.Id} is lost");
                continue;
            }

            if (!found.IsDone)
                _broken.Add($"{notification.Id} is not done");
            foreach (var entry in found.Entries)
                Check(entry);
            CheckTargets(notification, found.Entries);
            total += Counts.Of([.. found.Entries.Select(entry => entry.Delivery)]);
        }

        var counted = Counts.None;
        for (var hour = CountStore.HourOf(_accepted[0].Accepted); hour <= _simulator.Time.GetUtcNow(); hour += TimeSpan.FromHours(1))
            counted = (await _observer.Counts.ReadAsync("literal", hour, CancellationToken.None))!.Values.Aggregate(counted, (one, other) => one + other);
        if (counted != total)
            _broken.Add($"counted {counted}, but there are {total}");
    }

    private void Check(LedgerEntry entry)
    {
        var (name, delivery, taken) = (entry.Name.ToString(), entry.Delivery, _providers.Taken(entry.Name.ToString()));
        if (delivery.State == DeliveryState.Delivered && taken == 0)
            _broken.Add($"{name} counts as delivered and was not");
        if (taken > 1 && delivery.Attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Unknown) < taken - 1)
            _broken.Add($"{name} came {taken} times and is not marked: {string.Join(", ", delivery.Attempts)}");
        var dead = delivery.Attempts.ToList().FindIndex(attempt => attempt.Outcome == AttemptOutcome.AddressDead);
        if (dead >= 0 && dead < delivery.Attempts.Length - 1)
            _broken.Add($"{name} was tried again after its address was dead");
        if (delivery.State is DeliveryState.Failed or DeliveryState.Unknown && delivery.Why != Delivery.AddressDead)
            _broken.Add($"{name} was given up: {delivery.Why}");
        if (delivery is { State: DeliveryState.Suppressed, Why: not Expansion.NoAddress })
            _broken.Add($"{name} was suppressed: {delivery.Why}");
    }

    // Each recipient once on each of their addresses, whatever became of it.
    private void CheckTargets(Serverless.Notifications.Notification notification, IReadOnlyList<LedgerEntry> entries)
    {
        var targets = entries.Select(entry => (entry.Delivery.Recipient, entry.Name.Batch.Carrier, entry.Delivery.Device)).ToList();
        if (targets.Distinct().Count() != targets.Count)
            _broken.Add($"{notification.Id} has a target twice");
        if (targets.Count(target => target.Carrier == Carrier.InApp) != notification.Recipients.Length)
            _broken.Add($"{notification.Id} has not all its recipients");
    }
}

/// <summary>What came of a life.</summary>
/// <param name="Broken">Laws that were.</param>
/// <param name="Recipients">Of all that was accepted.</param>
/// <param name="Doubles">Times that a provider took what it had taken; each marked, or a law is broken.</param>
/// <param name="Deaths">Instances that died.</param>
/// <param name="Trace">A line that two runs of one seed share.</param>
internal sealed record NotifyLife(IReadOnlyList<string> Broken, int Recipients, int Doubles, int Deaths, string Trace);
