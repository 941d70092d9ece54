using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Http;
using Serverless.Idempotency;
using Serverless.Replication;
using Serverless.Tests.Replication;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Idempotency;

/// <summary>An answer as a client has it.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public bool IsReplay => Headers.GetValueOrDefault("Idempotency-Replay") == "true";

    /// <summary>The problem's stable name; empty when it is none.</summary>
    public string Problem => Headers.GetValueOrDefault("Content-Type") == "application/problem+json"
        ? System.Text.Json.JsonDocument.Parse(Body).RootElement.GetProperty("type").GetString()!["urn:serverless:problem:".Length..] : "";
}

/// <summary>Instances that carry requests out under keys, on one cluster in memory, in simulated time.</summary>
internal sealed class IdempotencyRig
{
    private static readonly Caller Somebody = new Caller.Service("shop");
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().BuildServiceProvider();
    private readonly ListLogger _log = new();
    private int _requests;

    private IdempotencyRig(Simulator simulator)
    {
        Simulator = simulator;
        Cluster = new MemoryCluster(clock: simulator.Time);
        Function = http => Results.Text($"run {Runs}", "text/plain").ExecuteAsync(http);
        Here = Instance(1);
        There = Instance(2);
    }

    public Simulator Simulator { get; }

    public MemoryCluster Cluster { get; }

    public IdempotencyOptions Options { get; } = new();

    /// <summary>How often the function began.</summary>
    public int Runs { get; private set; }

    /// <summary>What it does.</summary>
    public RequestDelegate Function { get; set; }

    /// <summary>An instance.</summary>
    public IdempotentRequests Here { get; }

    /// <summary>Another, in another region.</summary>
    public IdempotentRequests There { get; }

    /// <summary>What the instances logged.</summary>
    public IReadOnlyList<string> Logged => _log.Lines;

    /// <summary>Plays in each of so many orders of execution.</summary>
    public static void Play(Func<IdempotencyRig, Task> play, int orders = 5)
    {
        for (var seed = 0; seed < orders; seed++)
        {
            var simulator = new Simulator(seed);
            try
            {
                simulator.Run(async () =>
                {
                    // No clock of the world shows 0, which means never here.
                    await simulator.Delay(TimeSpan.FromSeconds(1));
                    await play(new IdempotencyRig(simulator));
                });
            }
            catch (Exception)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
                throw;
            }
        }
    }

    /// <summary>One more instance.</summary>
    public IdempotentRequests Instance(int number) => new(Keys(number), Simulator.Time, _log);

    /// <summary>The job of a region, 1 to 3.</summary>
    public IdempotencyExpiry Expiry(int region)
    {
        var views = Cluster.Views($"r{region}");
        var gossip = new HealthGossip(views, new Random(region), Simulator.Time);
        return new IdempotencyExpiry(new KeyExpiry(views, new StampDuties(views, gossip, Simulator.Time), new Random(region)), Keys(100 + region));
    }

    /// <summary>Sends a request to an instance.</summary>
    /// <param name="to">Which; default: <see cref="Here"/>.</param>
    /// <param name="change">Makes another request of it than a POST of the body "b" under the key "k".</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="function">Which function it is for.</param>
    public async Task<Answer> SendAsync(IdempotentRequests? to = null, Action<HttpContext>? change = null, Caller? caller = null, string function = "things-make")
    {
        var http = new DefaultHttpContext { RequestServices = _services };
        http.Request.Method = "POST";
        http.Request.ContentType = "text/plain";
        http.Request.Headers["Idempotency-Key"] = "k";
        http.Request.RouteValues["thing"] = "a";
        http.Response.Headers["X-Request-Id"] = $"request {++_requests}";
        SetBody(http, "b");
        change?.Invoke(http);
        var wire = new MemoryStream();
        http.Response.Body = wire;
        try
        {
            await (to ?? Here).RunAsync(http, function, caller ?? Somebody, inner =>
            {
                Runs++;
                return Function(inner);
            });
        }
        catch (Exception)
        {
            // As the gate has it.
            await Problems.Failed("x").ExecuteAsync(http);
        }

        return new Answer(
            http.Response.StatusCode, http.Response.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), Encoding.UTF8.GetString(wire.ToArray()));
    }

    public static void SetBody(HttpContext http, string body) => http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));

    /// <summary>The function takes so long, whatever happens.</summary>
    public async Task TakeAsync(TimeSpan time, HttpContext http)
    {
        var run = Runs;
        await Simulator.Delay(time);
        await Results.Text($"run {run}", "text/plain").ExecuteAsync(http);
    }

    /// <summary>What happens to every call on every node.</summary>
    public void Fault(Fault fault)
    {
        foreach (var replica in Cluster.Faults.Values)
            replica.Fault = fault;
    }

    /// <summary>Calls on all nodes so far.</summary>
    public int Calls => Cluster.Faults.Values.Sum(replica => replica.Reads + replica.Commits);

    private KeyRegisters Keys(int number) => new(
        Cluster.Registers($"r{number % 3 + 1}", seed: number), Microsoft.Extensions.Options.Options.Create(Options), Simulator.Time, new Random(1_000 + number));

    private sealed class ListLogger : ILogger<IdempotentRequests>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
