using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Serverless.Http;

namespace Serverless.Tests.Http;

public sealed class HttpGateTests : IDisposable
{
    private const string Open = "health";
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().BuildServiceProvider();
    private readonly Lines _log = new();
    private readonly DefaultHttpContext _http = new();
    private readonly UserTokens _tokens;
    private readonly FakeTimeProvider _clock = new();
    private readonly HttpMetrics _metrics;
    private readonly HttpGate _gate;

    public HttpGateTests()
    {
        var options = new ReloadedOptions<AuthOptions>(new AuthOptions { Issuer = "i", Audience = "a", Keys = """{"keys":[]}""" });
        _tokens = new UserTokens(options, TimeProvider.System);
        _metrics = new HttpMetrics(_clock);
        _gate = new HttpGate(new Authentication(_tokens, options), AccessTable.Of(typeof(HttpGate).Assembly), IdempotentFunctions.Of(typeof(HttpGate).Assembly, null), _metrics, new Random(1), _log);
        _http.RequestServices = _services;
        _http.Response.Body = new MemoryStream();
    }

    [Fact]
    public async Task An_exception_becomes_a_problem_without_internals()
    {
        _http.Request.Headers["X-Request-Id"] = "the-clients-id";
        await _gate.InvokeAsync(_http, Open, http =>
        {
            http.Response.Headers.ETag = "\"half an answer\"";
            throw new InvalidOperationException("secret");
        });

        var body = Encoding.UTF8.GetString(((MemoryStream)_http.Response.Body).ToArray());
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal((500, "application/problem+json"), (_http.Response.StatusCode, _http.Response.ContentType));
        Assert.Equal("urn:serverless:problem:internal-error", problem.GetProperty("type").GetString());
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        Assert.Contains("the-clients-id", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(("the-clients-id", ""), (_http.Response.Headers["X-Request-Id"].ToString(), _http.Response.Headers.ETag.ToString()));
        Assert.Equal(["Function health failed; request the-clients-id"], _log.Written);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("Trace_01-b.c", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\r\nX: y", false)]
    [InlineData("é", false)]
    public async Task A_harmless_request_id_is_kept_and_any_other_replaced(string sent, bool kept)
    {
        _http.Request.Headers["X-Request-Id"] = sent;
        string? inside = null;
        await _gate.InvokeAsync(_http, Open, http =>
        {
            inside = http.TraceIdentifier;
            return Task.CompletedTask;
        });
        var answered = _http.Response.Headers["X-Request-Id"].ToString();
        Assert.Equal(answered, inside);
        Assert.Matches("^[A-Za-z0-9_.-]{1,64}$", answered);
        Assert.Equal(kept, answered == sent);
    }

    // Either is how Kestrel tells of it, depending on what was waited for.
    [Theory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(IOException))]
    public async Task Nobody_is_answered_and_nothing_logged_when_the_client_is_gone(Type told)
    {
        using var gone = new CancellationTokenSource();
        _http.RequestAborted = gone.Token;
        await _gate.InvokeAsync(_http, Open, async _ =>
        {
            await gone.CancelAsync();
            throw (Exception)Activator.CreateInstance(told)!;
        });
        Assert.Empty(_log.Written);
        Assert.Equal(0, _http.Response.Body.Length);
    }

    [Fact]
    public async Task A_cancellation_while_the_client_waits_is_a_failure()
    {
        await _gate.InvokeAsync(_http, Open, _ => throw new OperationCanceledException());
        Assert.Equal(500, _http.Response.StatusCode);
        Assert.Single(_log.Written);
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_the_clients_fault()
    {
        await _gate.InvokeAsync(_http, Open, _ => throw new BadHttpRequestException("Unexpected end of request content."));
        Assert.Equal((400, "application/problem+json"), (_http.Response.StatusCode, _http.Response.ContentType));
        Assert.Empty(_log.Written);
    }

    [Theory]
    [InlineData(200, 25, "2xx 25 ms")]
    [InlineData(300, 25.01, "3xx 50 ms")]
    [InlineData(404, 1_000, "4xx 1000 ms")]
    [InlineData(503, 2_500.5, "5xx longer")]
    public async Task Each_request_is_counted_by_function_class_of_status_and_time(int status, double milliseconds, string counted)
    {
        using var measured = new Measured(_metrics.Has);
        await _gate.InvokeAsync(_http, Open, http =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal([new($"serverless.http.requests health {counted}", 1)], measured.Values);
    }

    [Fact]
    public async Task A_failure_is_counted_as_what_was_answered_and_one_that_nobody_waited_for_as_gone()
    {
        using var measured = new Measured(_metrics.Has);
        await _gate.InvokeAsync(_http, Open, _ => throw new InvalidOperationException());
        using var gone = new CancellationTokenSource();
        _http.RequestAborted = gone.Token;
        await _gate.InvokeAsync(_http, Open, async _ => await gone.CancelAsync());
        Assert.Equal(["serverless.http.requests health 5xx 25 ms", "serverless.http.requests health gone 25 ms"], measured.Values.Keys.Order());
    }

    [Theory]
    [InlineData("kv-get")]
    [InlineData("a function that says nothing about access")]
    public async Task Without_credentials_a_function_does_not_run_unless_it_is_open_to_everyone(string function)
    {
        await _gate.InvokeAsync(_http, function, _ => throw new InvalidOperationException("It ran."));
        Assert.Equal((401, "Bearer"), (_http.Response.StatusCode, _http.Response.Headers.WWWAuthenticate.ToString()));
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _metrics.Dispose();
        _services.Dispose();
    }

    private sealed class Lines : ILogger<HttpGate>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
