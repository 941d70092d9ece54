using Serverless.Notifications;
using Serverless.Replication;
using Serverless.Tests.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Notifications;

public class DeadLetterTests
{
    private static readonly NotificationsOptions Settings = new() { LeaseSeconds = 10, ClockMarginSeconds = 2, MaxAttempts = 3 };

    [Fact]
    public void A_delivery_that_was_tried_as_often_as_it_may_be_waits_for_an_operator_and_begins_anew() => Play(async rig =>
    {
        rig.Providers.Answer = _ => new ProviderAnswer.Later("503", null);
        var delivery = await rig.RunAsync();
        Assert.Equal((DeliveryState.Failed, Delivery.Exhausted, 3), (delivery.State, delivery.Why, delivery.Attempts.Length));
        var letter = Assert.Single((await rig.Instance.Dead.ListAsync(default))!);
        Assert.Equal((rig.Delivery.ToString(), "exhausted: 503"), (letter.Id, letter.Reason));

        rig.Providers.Answer = null;
        Assert.IsType<RevivalResult.Revived>(await rig.Instance.Revival.ReviveAsync(letter.Id, default));
        delivery = await rig.DrainAsync();
        Assert.Equal((DeliveryState.Delivered, 4), (delivery.State, delivery.Attempts.Length));
        Assert.Empty((await rig.Instance.Dead.ListAsync(default))!);
        Assert.IsType<RevivalResult.Refused>(await rig.Instance.Revival.ReviveAsync(letter.Id, default));
        Assert.IsType<RevivalResult.Unknown>(await rig.Instance.Revival.ReviveAsync($"{letter.Id}7", default));
    });

    [Fact]
    public void An_address_that_is_dead_is_asked_once_and_never_again() => Play(async rig =>
    {
        rig.Providers.Answer = _ => new ProviderAnswer.AddressDead("410", null);
        var delivery = await rig.RunAsync();
        Assert.Equal((DeliveryState.Failed, Delivery.AddressDead), (delivery.State, delivery.Why));
        Assert.IsType<RevivalResult.Refused>(await rig.Instance.Revival.ReviveAsync(rig.Delivery.ToString(), default));
        Assert.Empty(Assert.IsType<DocumentRead<Person>.Held>(await rig.Instance.People.ReadAsync("u", default)).Value!.Devices);
        Assert.Single(rig.Providers.Calls);
    });

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    public void An_address_that_registered_again_since_the_provider_knew_stays(int registeredMinutesAfter, int devicesGone) => Play(async rig =>
    {
        var since = rig.Registered - TimeSpan.FromMinutes(registeredMinutesAfter);
        rig.Providers.Answer = _ => new ProviderAnswer.AddressDead("410", since);
        await rig.RunAsync();
        Assert.Equal(1 - devicesGone, Assert.IsType<DocumentRead<Person>.Held>(await rig.Instance.People.ReadAsync("u", default)).Value!.Devices.Length);
    });

    [Fact]
    public void Nothing_is_sent_after_its_time() => Play(async rig =>
    {
        rig.Providers.Answer = _ => new ProviderAnswer.Misconfigured("403", "Mend it.");
        var delivery = await rig.RunAsync();
        Assert.Equal((DeliveryState.Failed, Delivery.Expired, 0), (delivery.State, delivery.Why, delivery.Attempts.Length));
        Assert.InRange(rig.Providers.Calls.Count, 2, 20);
    });

    [Fact]
    public void A_message_that_nobody_could_carry_out_parks_its_chunk_until_an_operator_lets_it_go_on() => Play(async rig =>
    {
        await rig.AcceptAsync();
        rig.Queues.Lose();
        var chunk = new ChunkName(Rig.Id, 0);
        await new PoisonMessages(rig.Instance.Open, rig.Instance.Dead, rig.Simulator.Time).ParkAsync(chunk, NotifyQueues.Fanout, default);
        await rig.Simulator.Delay(TimeSpan.FromMinutes(30));
        Assert.Equal((0, 0), await rig.Instance.Sweeper.RunAsync(default));
        Assert.Equal(chunk.ToString(), Assert.Single((await rig.Instance.Dead.ListAsync(default))!).Id);

        Assert.IsType<RevivalResult.Revived>(await rig.Instance.Revival.ReviveAsync(chunk.ToString(), default));
        Assert.Equal(DeliveryState.Delivered, (await rig.DrainAsync()).State);
        Assert.Empty((await rig.Instance.Dead.ListAsync(default))!);
    });

    [Fact]
    public void What_a_region_that_is_gone_accepted_another_one_sends() => Play(async rig =>
    {
        await rig.AcceptAsync();
        rig.Queues.Lose();
        var elsewhere = rig.Another(1);
        await rig.Simulator.Delay(TimeSpan.FromMinutes(2));
        Assert.Equal((0, 0), await elsewhere.Sweeper.RunAsync(default));
        await rig.Simulator.Delay(TimeSpan.FromMinutes(10));
        Assert.Equal((1, 0), await elsewhere.Sweeper.RunAsync(default));
        Assert.Equal(DeliveryState.Delivered, (await rig.DrainAsync()).State);
    });

    [Fact]
    public void Quiet_hours_that_begin_before_it_is_sent_hold_it_back_until_they_end() => Play(async rig =>
    {
        await rig.AcceptAsync();
        var now = rig.Simulator.Time.GetUtcNow();
        var quiet = new QuietHours(TimeOnly.FromDateTime(now.UtcDateTime.AddMinutes(-1)), TimeOnly.FromDateTime(now.UtcDateTime.AddMinutes(30)));
        await rig.Instance.People.ChangeAsync("u", person => person with { Preferences = person.Preferences with { QuietHours = quiet } }, default);
        var delivery = await rig.DrainAsync();
        Assert.Equal(DeliveryState.Delivered, delivery.State);
        Assert.InRange(Assert.Single(rig.Providers.Calls).At - now, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(32));
    });

    // Whoever notes that it was opened finds the counts half told by a worker that died, and leaves nothing untold.
    [Fact]
    public void What_is_opened_is_counted_at_once_however_far_the_counting_of_its_delivery_came()
    {
        var between = 0;
        for (var point = 1; point < 80; point++)
        {
            var dies = point;
            Play(
                async rig =>
                {
                    await rig.AcceptAsync();
                    await rig.DieAtAsync(dies);
                    if (await rig.BatchAsync() is not { } batch || !batch.Deliveries[0].IsFinal)
                        return;
                    between += batch.Transfer is null ? 0 : 1;
                    Assert.True(await rig.Instance.Events.RecordAsync(rig.Delivery, DeliveryEvent.Clicked, default));
                    var counts = (await rig.Instance.Counts.ReadAsync("literal", CountStore.HourOf(rig.Simulator.Time.GetUtcNow()), default))!.Values.Single();
                    Assert.Equal((1, 1, 1, 1), (counts.Deliveries, counts.Delivered, counts.Opened, counts.Clicked));
                },
                seeds: 1);
        }

        Assert.InRange(between, 3, 79);
    }

    private static void Play(Func<Rig, Task> play, int seeds = 3)
    {
        for (var seed = 0; seed < seeds; seed++)
        {
            var simulator = new Simulator(seed);
            simulator.Run(async () =>
            {
                await simulator.Delay(TimeSpan.FromSeconds(1));
                var rig = new Rig(simulator);
                await rig.RegisterAsync();
                await play(rig);
            });
        }
    }

    /// <summary>One user with one device, one notification to it, one worker.</summary>
    private sealed class Rig
    {
        public static readonly string Id = new('a', 32);

        private readonly MemoryCluster _cluster;

        public Rig(Simulator simulator)
        {
            Simulator = simulator;
            _cluster = new MemoryCluster(nodesPerRegion: 1, clock: simulator.Time, partitions: 8);
            (Queues, Providers) = (new SimulatedQueues(simulator), new ProviderHistory(simulator));
            Instance = Another(0);
        }

        public Simulator Simulator { get; }

        public SimulatedQueues Queues { get; }

        public ProviderHistory Providers { get; }

        public NotifyInstance Instance { get; }

        public DateTimeOffset Registered { get; private set; }

        public DeliveryName Delivery { get; } = new(new BatchName(new ChunkName(Id, 0), Carrier.Ios, 0), 0);

        public NotifyInstance Another(int number, MortalLife? life = null) => new(number, life ?? new MortalLife(), _cluster, Simulator, Queues, Providers, Settings);

        public async Task RegisterAsync()
        {
            Registered = Simulator.Time.GetUtcNow();
            await Instance.People.ChangeAsync("u", person => person with { Devices = [new Device("d", Platform.Ios, "token", "app", Registered, Registered)] }, default);
        }

        public async Task AcceptAsync()
        {
            var now = Simulator.Time.GetUtcNow();
            var notification = new Serverless.Notifications.Notification(
                Id, "shop", "f", now, [new Recipient("u")], "news", null, null, new Content("Hi", "there"), Priority.Normal, null, now + TimeSpan.FromHours(1), null, [Channel.Push], IsByPreference: false);
            Assert.IsType<AcceptResult.Accepted>(await Instance.Acceptance.AcceptAsync(notification, default));
        }

        public async Task<Delivery> RunAsync()
        {
            await AcceptAsync();
            return await DrainAsync();
        }

        /// <summary>Works with an instance that dies at a point of its way, until it does or nothing is left.</summary>
        public async Task DieAtAsync(int point)
        {
            var mortal = Another(0, new MortalLife { DiesAt = point });
            while (!mortal.Life.IsDead && Queues.Receive() is { } message)
            {
                var running = mortal.RunAsync(message);
                while (!running.IsCompleted && !mortal.Life.IsDead)
                    await Simulator.Delay(TimeSpan.FromMilliseconds(10));
                Queues.Settle(message);
            }
        }

        /// <summary>Works until nothing is queued any more: the delivery.</summary>
        public async Task<Delivery> DrainAsync()
        {
            while (Queues.Depth > 0)
            {
                if (Queues.Receive() is { } message)
                {
                    await Instance.RunAsync(message);
                    Queues.Settle(message);
                }
                else
                {
                    await Simulator.Delay(TimeSpan.FromSeconds(1));
                }
            }

            return (await BatchAsync())!.Deliveries[0];
        }

        public async Task<Batch?> BatchAsync() => Assert.IsType<DocumentRead<Batch>.Held>(await Instance.Ledger.ReadAsync(Delivery.Batch, default)).Value;
    }
}
