using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serverless.Tests.EndToEnd;

/// <summary>
/// One client of sets of numbers, each kept in a key as text: it reads, merges the siblings, and writes the union with what it adds. When its head does not
/// answer it goes to the next one. Only a 204 is an acknowledgement.
/// </summary>
/// <param name="heads">The heads it may use.</param>
/// <param name="home">The place of the one to begin with.</param>
/// <param name="history">Where it notes what it did and saw.</param>
internal sealed class SetClient(IReadOnlyList<HttpClient> heads, int home, SetHistory history)
{
    private const string Causality = "X-Causality";
    private const int MostMerges = 5;

    private int _head = home;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Adds a number that nobody else adds, once; without a read before it, it is not attempted.</summary>
    public async Task AddAsync(string key, int element)
    {
        TimeSpan? sent = null;
        var (acknowledged, by, owners) = ((TimeSpan?)null, "nobody", false);
        for (var merges = 0; merges < MostMerges && await ReadAsync(key) is var (seen, token, _); merges++)
        {
            sent ??= history.Now;
            var status = await WriteAsync(key, seen.Append(element), token);
            (acknowledged, by, owners) = (status.Code == HttpStatusCode.NoContent ? history.Now : null, status.By, status.ByOwners);

            // Nothing was written: there were too many siblings, and now there may be fewer.
            if (status.Code != HttpStatusCode.Conflict)
                break;
        }

        if (sent is { } at)
            history.Adds.Enqueue(new SetAdd(key, element, at, acknowledged, by, owners));
    }

    /// <summary>Reads a set and notes what it saw.</summary>
    public async Task<IReadOnlySet<int>?> LookAsync(string key, string query = "")
    {
        var begun = history.Now;
        if (await ReadAsync(key, query) is not var (seen, _, owners))
            return null;
        history.Reads.Enqueue(new SetRead(key, begun, history.Now, seen, owners));
        return seen;
    }

    private async Task<(IReadOnlySet<int> Seen, string? Token, bool ByOwners)?> ReadAsync(string key, string query = "")
    {
        using var answer = await AskAsync(http => http.GetAsync(At(key, query), Cancelled));
        if (answer is null or { StatusCode: HttpStatusCode.ServiceUnavailable })
            return null;

        var body = await answer.Content.ReadAsStringAsync(Cancelled);
        IEnumerable<string> values = answer.StatusCode switch
        {
            HttpStatusCode.OK => [body],
            HttpStatusCode.MultipleChoices => Siblings(body),
            HttpStatusCode.NotFound => [],
            _ => throw new InvalidOperationException($"GET {key}: {answer.StatusCode} {body}"),
        };
        var token = answer.Headers.TryGetValues(Causality, out var tokens) ? tokens.Single() : null;
        return (values.SelectMany(Numbers).ToHashSet(), token, ByOwners(answer));
    }

    private async Task<(HttpStatusCode? Code, string By, bool ByOwners)> WriteAsync(string key, IEnumerable<int> elements, string? token)
    {
        using var answer = await AskAsync(http =>
        {
            var request = new HttpRequestMessage(HttpMethod.Put, At(key)) { Content = new StringContent(string.Join(' ', elements.Order())) };
            if (token is not null)
                request.Headers.Add(Causality, token);
            return http.SendAsync(request, Cancelled);
        });
        if (answer is null)
            return (null, "no answer", false);
        Assert.True(
            answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable,
            $"PUT {key}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancelled)}");
        var nodes = answer.Headers.TryGetValues("X-Answered-By", out var by) ? string.Join(',', by) : $"{(int)answer.StatusCode}";
        return (answer.StatusCode, $"{nodes} through {answer.RequestMessage!.RequestUri!.Port}", ByOwners(answer));
    }

    private static bool ByOwners(HttpResponseMessage answer) => answer.Headers.TryGetValues("X-Mode", out var mode) && mode.Single() == "quorum";

    // Null: no whole answer in time, from this head; the next request goes to another.
    private async Task<HttpResponseMessage?> AskAsync(Func<HttpClient, Task<HttpResponseMessage>> ask)
    {
        try
        {
            var answer = await ask(heads[_head]);
            if (answer.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout))
                return answer;

            // A front door's word for a region that did not answer.
            answer.Dispose();
            _head = (_head + 1) % heads.Count;
            return null;
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or TaskCanceledException && !Cancelled.IsCancellationRequested)
        {
            _head = (_head + 1) % heads.Count;
            return null;
        }
    }

    private static Uri At(string key, string query = "") => new($"api/kv/{key}{query}", UriKind.Relative);

    private static List<string> Siblings(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("siblings").EnumerateArray().Select(sibling => sibling.GetProperty("text").GetString()!)];
    }

    private static IEnumerable<int> Numbers(string value) =>
        value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture));
}
