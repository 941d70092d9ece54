using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Serverless.Local.FrontDoor;

namespace Serverless.Tests.Local.FrontDoor;

public sealed class OriginProberTests : IDisposable
{
    private static readonly ProbeRule Rule = ProbeRule.OfTemplate;

    private readonly FakeTimeProvider _clock = new();
    private readonly Saying _said = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Origin _origin = new("local-2", new Uri("http://127.0.0.1:1"), Rule);

    [Fact]
    public async Task It_asks_as_the_template_says_and_says_when_an_origin_falls_and_when_it_rises()
    {
        using var answers = new Answers(HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, null, HttpStatusCode.NotFound, HttpStatusCode.OK, HttpStatusCode.OK);
        var probing = Prober(answers).RunAsync(_stopping.Token);

        var verdicts = new List<bool>();
        for (var probe = 1; probe <= 7; probe++)
        {
            await answers.AskedAsync(probe);
            var before = _origin.Window;
            answers.Gate.Release();
            await Eventually.HoldsAsync(() => _origin.Window != before, "it counts");
            verdicts.Add(_origin.Window.IsWell);
            _clock.Advance(Rule.Interval);
        }

        await _stopping.CancelAsync();
        await probing;
        Assert.All(answers.Requests, request => Assert.Equal("HEAD http://127.0.0.1:1/api/health", request));
        Assert.Equal([true, true, true, true, false, false, true], verdicts);
        Assert.Equal(["local-2 is unwell, 3 of its last 4 probes failed: its requests go to the others", "local-2 is well again: requests go to it"], _said.Lines);
    }

    [Fact]
    public async Task A_probe_that_is_not_answered_in_time_has_failed()
    {
        using var answers = new Answers();
        var probing = Prober(answers).RunAsync(_stopping.Token);
        for (var probe = 1; probe <= Rule.FailuresToFall; probe++)
        {
            await answers.AskedAsync(probe);
            Assert.Equal(probe - 1, _origin.Window.Failed);
            _clock.Advance(Rule.ProbeLimit);
            await Eventually.HoldsAsync(() => _origin.Window.Failed == probe, "it counts as failed");
            _clock.Advance(Rule.Interval - Rule.ProbeLimit);
        }

        Assert.False(_origin.Window.IsWell);
        await _stopping.CancelAsync();
        await probing;
    }

    public void Dispose() => _stopping.Dispose();

    private OriginProber Prober(Answers answers) => new(_origin, Rule, new HttpMessageInvoker(answers), _said, _clock);

    private sealed class Saying : IProgress<string>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public void Report(string value) => Lines.Enqueue(value);
    }

    // Each once the gate is opened for it; null is a refused connection.
    private sealed class Answers(params HttpStatusCode?[] answers) : HttpMessageHandler
    {
        public ConcurrentQueue<string> Requests { get; } = new();

        public SemaphoreSlim Gate { get; } = new(0);

        public Task AskedAsync(int count) => Eventually.HoldsAsync(() => Requests.Count >= count, $"{count} probes");

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = Requests.Count < answers.Length ? answers[Requests.Count] : HttpStatusCode.OK;
            Requests.Enqueue($"{request.Method} {request.RequestUri}");
            await Gate.WaitAsync(cancellationToken);
            return answer is { } status ? new HttpResponseMessage(status) : throw new HttpRequestException("refused");
        }
    }
}
