using System.Net;
using Microsoft.Extensions.Options;
using Serverless.Limits;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Limits.Clients;

/// <summary>Servers that answer as a test says, behind a <see cref="RateLimitHandler"/>, in simulated time; notes when which request reached them.</summary>
internal sealed class LimitedOrigin : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = [];
    private readonly Simulator _simulator;
    private readonly HttpMessageInvoker _client;

    private LimitedOrigin(Simulator simulator, RateLimitHandlerOptions options, Random random)
    {
        _simulator = simulator;
        _client = new HttpMessageInvoker(new RateLimitHandler(Options.Create(options), simulator.Time, random) { InnerHandler = this });
    }

    public List<(TimeSpan At, Uri Address)> Received { get; } = [];

    public IEnumerable<double> Seconds => Received.Select(request => request.At.TotalSeconds);

    public DateTimeOffset Now => _simulator.Time.GetUtcNow();

    /// <param name="life">What happens.</param>
    /// <param name="options">Defaults when null.</param>
    /// <param name="random">Without jitter when null.</param>
    public static void Run(Func<LimitedOrigin, Task> life, RateLimitHandlerOptions? options = null, Random? random = null)
    {
        var simulator = new Simulator(1);
        simulator.Run(async () =>
        {
            using var origin = new LimitedOrigin(simulator, options ?? new RateLimitHandlerOptions(), random ?? new Always(0));
            await life(origin);
        });
    }

    /// <summary>The next answer; after the last, 200 and nothing more.</summary>
    public void Answer(HttpStatusCode status, params (string Name, string Value)[] headers) => _answers.Enqueue(() =>
    {
        var answer = new HttpResponseMessage(status);
        foreach (var (name, value) in headers)
            answer.Headers.TryAddWithoutValidation(name, value);
        return answer;
    });

    public Task<HttpResponseMessage> GetAsync(string address = "https://one.example/a", CancellationToken cancellationToken = default) =>
        _client.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);

    public Task<HttpResponseMessage> PostAsync(HttpContent content) =>
        _client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "https://one.example/a") { Content = content }, CancellationToken.None);

    public Task Delay(double seconds) => _simulator.Delay(TimeSpan.FromSeconds(seconds));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Received.Add((TimeSpan.FromTicks(_simulator.Time.GetTimestamp()), request.RequestUri!));
        return Task.FromResult(_answers.TryDequeue(out var answer) ? answer() : new HttpResponseMessage(HttpStatusCode.OK));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _client.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Draws always the same.</summary>
internal sealed class Always(double value) : Random(0)
{
    public override double NextDouble() => value;
}
