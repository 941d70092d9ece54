using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Serverless.Notifications;
using Serverless.Replication;
using Serverless.Tests.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Notifications;

/// <summary>One instance of the room, with a life of its own.</summary>
internal sealed class NotifyInstance
{
    private readonly FanoutWorker _fanout;
    private readonly BatchSender _sender;

    public NotifyInstance(int number, MortalLife life, MemoryCluster cluster, Simulator simulator, SimulatedQueues queues, ProviderHistory history, NotificationsOptions options)
    {
        (Life, Region) = (life, $"r{number % 3 + 1}");
        var (clock, settings, random) = (simulator.Time, Options.Create(options), new Random(number));
        var views = new ClusterViews(
            _ => Task.FromResult<ClusterDocument?>(cluster.Document), member => new MortalReplica(life, cluster.Faults[member.Id]), Region, cluster.Options, clock);
        var registers = new StrictRegisters(views, Options.Create(cluster.Options), clock, new Random(number + 1_000));
        var store = new ReplicatedStore(views, Options.Create(cluster.Options), clock, new Random(number + 2_000));
        var (sender, metrics) = (new NotifyQueues(queues.Of(life), clock), new NotificationsMetrics());
        (Ledger, Open, Dead, Counts, People) = (
            new LedgerStore(registers, store), new OpenChunks(registers, store, views), new DeadLetters(registers, store), new CountStore(registers, store), new PeopleStore(registers, store));
        Acceptance = new Acceptance(Open, Ledger, sender, clock, metrics);
        Sweeper = new OpenSweeper(Open, Ledger, sender, views, clock);
        Revival = new Revival(Ledger, Open, Dead, sender, clock);
        Reader = new LedgerReader(Ledger);
        _fanout = new FanoutWorker(Ledger, People, sender, clock, NullLogger<FanoutWorker>.Instance);
        var turn = new SendTurn(People, RenderAsync, (_, _, _, _) => Task.FromResult(true), new EventLinks(settings), clock);
        var settlement = new Settlement(Ledger, Counts, Dead, settings, clock, random, NullLogger<Settlement>.Instance);
        Events = new EventRecorder(Ledger, settlement, clock);
        _sender = new BatchSender(
            Ledger, turn, Carriers.All.Select(carrier => new SimulatedProvider(carrier, history, life)), settlement, sender, settings, clock, random, metrics, NullLogger<BatchSender>.Instance);
    }

    public MortalLife Life { get; }

    public string Region { get; }

    public LedgerStore Ledger { get; }

    public LedgerReader Reader { get; }

    public OpenChunks Open { get; }

    public DeadLetters Dead { get; }

    public CountStore Counts { get; }

    public PeopleStore People { get; }

    public Acceptance Acceptance { get; }

    public OpenSweeper Sweeper { get; }

    public Revival Revival { get; }

    public EventRecorder Events { get; }

    /// <summary>Carries a message out, as its queue's function does.</summary>
    public Task RunAsync(QueuedMessage message) => message.Queue == NotifyQueues.Fanout
        ? _fanout.RunAsync(ChunkName.Parse(JsonSerializer.Deserialize<FanoutMessage>(message.Body)!.Chunk)!.Value, CancellationToken.None)
        : _sender.RunAsync(BatchName.Parse(JsonSerializer.Deserialize<BatchMessage>(message.Body)!.Batch)!.Value, CancellationToken.None);

    private static Task<Rendering> RenderAsync(
        Serverless.Notifications.Notification notification, Recipient recipient, Channel channel, string? locale, string? eventsUrl, CancellationToken cancellationToken) =>
        Task.FromResult<Rendering>(new Rendering.Done(notification.Text!));
}
