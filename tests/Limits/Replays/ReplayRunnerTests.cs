using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Http;
using Serverless.Limits;
using Serverless.Queues;
using Serverless.Tests.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Limits;

public class ReplayRunnerTests
{
    private const string Calm = """
        domain: api
        descriptors:
          - { key: user, rate_limit: { unit: minute, requests_per_unit: 2, mode: exact, queued: true } }
        """;

    [Fact]
    public void However_often_it_is_delivered_and_to_whom_it_is_carried_out_once() => Run(async rig =>
    {
        var message = rig.Message();
        await Task.WhenAll(rig.Instance().RunAsync(message, CancellationToken.None), rig.Instance().RunAsync(message, default));
        await rig.Instance().RunAsync(message, CancellationToken.None);
        Assert.Equal(["a"], rig.Carried);
        Assert.Equal((ReplayStage.Done, 202), (await rig.StageAsync(message), (await rig.RecordAsync(message))!.Answer!.Status));
    });

    [Fact]
    public void While_the_limit_refuses_it_goes_back_to_the_queue_until_it_may_come() => Run(async rig =>
    {
        foreach (var key in (string[])["a", "b", "c"])
            await rig.Instance().RunAsync(rig.Message(key), CancellationToken.None);
        Assert.Equal(["a", "b"], rig.Carried);
        var (queue, again) = Assert.Single(rig.Sent);
        var message = again.Body.ToObjectFromJson<ReplayMessage>()!;
        Assert.Equal((ReplayRunner.Queue, "c"), (queue, message.Route["key"]));
        Assert.InRange(again.NotBefore!.Value - rig.Clock.GetUtcNow(), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
    });

    [Fact]
    public void After_an_hour_it_is_not_carried_out_any_more() => Run(async rig =>
    {
        var message = rig.Message();
        await rig.Simulator.Delay(ReplayQueue.Life + TimeSpan.FromSeconds(1));
        await rig.Instance().RunAsync(message, CancellationToken.None);
        Assert.Empty(rig.Carried);
        Assert.Equal(ReplayStage.Expired, await rig.StageAsync(message));
    });

    [Theory]
    [InlineData(nameof(Fault.Down))]
    [InlineData(nameof(Fault.RequestLost))]
    public void While_nobody_can_tell_what_became_of_it_the_queue_keeps_it(string fault) => Run(async rig =>
    {
        var message = rig.Message();
        rig.Fault(Enum.Parse<Fault>(fault));
        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Unlimited().RunAsync(message, CancellationToken.None));
        Assert.Empty(rig.Carried);
        rig.Fault(Fault.None);
        await rig.Unlimited().RunAsync(message, CancellationToken.None);
        await rig.Unlimited().RunAsync(message, CancellationToken.None);
        Assert.Equal(["a"], rig.Carried);
    });

    [Fact]
    public void A_claim_whose_answer_was_lost_is_its_owners() => Run(async rig =>
    {
        var message = rig.Message();
        rig.Fault(Fault.AnswerLost);
        rig.WhenCarried = () => rig.Fault(Fault.None);
        await rig.Unlimited().RunAsync(message, CancellationToken.None);
        await rig.Unlimited().RunAsync(message, CancellationToken.None);
        Assert.Equal(["a"], rig.Carried);
        Assert.Equal(ReplayStage.Done, await rig.StageAsync(message));
    });

    [Fact]
    public void What_fails_is_answered_500_and_not_repeated() => Run(async rig =>
    {
        rig.WhenCarried = () => throw new InvalidOperationException("broken");
        var message = rig.Message();
        await rig.Instance().RunAsync(message, CancellationToken.None);
        await rig.Instance().RunAsync(message, CancellationToken.None);
        Assert.Equal(["a"], rig.Carried);
        Assert.Equal(500, (await rig.RecordAsync(message))!.Answer!.Status);
    });

    [Fact]
    public void Who_may_not_call_the_function_is_answered_403() => Run(async rig =>
    {
        var message = rig.Message() with { User = "mallory", Route = new Dictionary<string, string> { ["user"] = "u1", ["key"] = "a" } };
        await rig.Instance().RunAsync(message, CancellationToken.None);
        Assert.Empty(rig.Carried);
        Assert.Equal(403, (await rig.RecordAsync(message))!.Answer!.Status);
    });

    private static void Run(Func<Rig, Task> life)
    {
        var simulator = new Simulator(1);
        simulator.Run(async () =>
        {
            // No clock of the world shows 0, which means never here.
            await simulator.Delay(TimeSpan.FromSeconds(1));
            await life(new Rig(simulator));
        });
    }

    /// <summary>The function that is put off.</summary>
    public sealed class KeepFunctions(Rig rig)
    {
        [Function("kv-keep")]
        [Access(Access.Self)]
        public IResult Keep([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{user}/keep/{key}")] HttpRequest request, string key)
        {
            rig.Carried.Add(key);
            rig.WhenCarried?.Invoke();
            return Results.Text("kept", statusCode: StatusCodes.Status202Accepted);
        }
    }

    /// <summary>Instances that carry out requests, on one cluster in memory.</summary>
    public sealed class Rig : IMessageSender
    {
        private readonly MemoryCluster _cluster;
        private readonly ServiceProvider _services;

        internal Rig(Simulator simulator)
        {
            Simulator = simulator;
            _cluster = new MemoryCluster(clock: Clock);
            _services = new ServiceCollection().AddLogging().AddSingleton(this).BuildServiceProvider();
        }

        internal Simulator Simulator { get; }

        public TimeProvider Clock => Simulator.Time;

        public List<string> Carried { get; } = [];

        public Action? WhenCarried { get; set; }

        internal List<(string Queue, OutgoingMessage Message)> Sent { get; } = [];

        /// <summary>One more instance, by the rules.</summary>
        internal ReplayRunner Instance() => Instance(Calm);

        /// <summary>One that limits nobody, so that only the claims of requests meet faults.</summary>
        internal ReplayRunner Unlimited() => Instance("domain: api\ndescriptors: []\n");

        internal void Fault(Fault fault)
        {
            foreach (var replica in _cluster.Faults.Values)
                replica.Fault = fault;
        }

        internal ReplayMessage Message(string key = "a") => new(
            Guid.CreateVersion7(Clock.GetUtcNow()).ToString("n"), "kv-keep", "PUT", $"/api/users/u1/keep/{key}", "", new Dictionary<string, string> { ["user"] = "u1", ["key"] = key },
            new Dictionary<string, string>(), [], null, "u1", [], Clock.GetUtcNow());

        internal async Task<ReplayRecord?> RecordAsync(ReplayMessage message) => (await new ReplayStore(_cluster.Views("r1")).ReadAsync(message.Id, CancellationToken.None))!.Record;

        internal async Task<ReplayStage?> StageAsync(ReplayMessage message) => (await RecordAsync(message))?.Stage;

        public Task SendAsync(string queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            Sent.AddRange(messages.Select(message => (queue, message)));
            return Task.CompletedTask;
        }

        private ReplayRunner Instance(string rules)
        {
            var keep = typeof(KeepFunctions).GetMethod(nameof(KeepFunctions.Keep))!;
            var functions = new FunctionCalls([keep], new IdempotentFunctions([keep], null), _services.GetRequiredService<IServiceScopeFactory>());
            var store = new ReplayStore(_cluster.Views("r1"));
            var queue = new ReplayQueue(this, store, functions, Clock, new Random(1));
            return new ReplayRunner(
                new LimiterRig(Clock, _cluster).Guard(rules), queue, store, functions, new AccessTable([keep]), Clock, new Random(Carried.Count),
                NullLogger<ReplayRunner>.Instance);
        }
    }
}
