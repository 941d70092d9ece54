using System.Collections.Concurrent;
using System.Globalization;
using Serverless.Local.Head;

namespace Serverless.Tests.EndToEnd;

/// <summary>One failure as a client saw it.</summary>
/// <param name="At">When, on the log's clock.</param>
/// <param name="Room">Whose client.</param>
/// <param name="What">The status and the problem's type, or why there was none.</param>
internal sealed record Failure(TimeSpan At, string Room, string What);

/// <summary>The failures that clients see: every answer 5xx, and every request without an answer.</summary>
/// <param name="now">The clock.</param>
internal sealed class FailureLog(Func<TimeSpan> now)
{
    private readonly ConcurrentQueue<Failure> _all = new();

    public IReadOnlyList<Failure> All => [.. _all];

    /// <summary>The answer that took longest: how long, and when it came.</summary>
    public (TimeSpan Took, TimeSpan At, string Room) Slowest { get; private set; }

    private TimeSpan Now() => now();

    private void Answered(string room, TimeSpan began)
    {
        var at = Now();
        lock (_all)
            Slowest = at - began > Slowest.Took ? (at - began, at, room) : Slowest;
    }

    private void Note(string room, string what) => _all.Enqueue(new Failure(Now(), room, what));

    /// <summary>Sends the requests of a room's client, and notes which fail.</summary>
    public HttpMessageHandler Handler(string room) => new Noting(this, room);

    /// <summary>A client of one room, as the local service, whose failures are noted.</summary>
    public HttpClient Client(string room, Uri address, TimeSpan limit)
    {
        var client = new HttpClient(Handler(room)) { BaseAddress = address, Timeout = limit };
        client.DefaultRequestHeaders.Add("X-App-Key", CloudHead.AppKey);
        client.DefaultRequestHeaders.Add("X-App-Secret", CloudHead.AppSecret);
        return client;
    }

    // Of the problem; read so that the client can read it too.
    private static async Task<string> TypeAsync(HttpResponseMessage answer)
    {
        await answer.Content.LoadIntoBufferAsync();
        var text = await answer.Content.ReadAsStringAsync();
        return text.Split("urn:serverless:problem:") is [_, var rest, ..] ? rest.Split('"')[0] : "";
    }

    private sealed class Noting(FailureLog log, string room) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var began = log.Now();
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                log.Answered(room, began);
                if ((int)answer.StatusCode >= 500)
                    log.Note(room, $"{((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture)} {await TypeAsync(answer)}");
                return answer;
            }
            catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException)
            {
                log.Note(room, silent.GetType().Name);
                throw;
            }
        }
    }
}
