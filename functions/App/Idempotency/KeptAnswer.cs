using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Serverless.Http;

namespace Serverless.Idempotency;

/// <summary>An answer of a function, kept to be given again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Those that the function set and that belong to the answer, not to its transport or its time.</param>
/// <param name="IsWhole">False when it was too long to be kept: then it has neither headers nor body here.</param>
internal sealed record KeptAnswer(int Status, IReadOnlyDictionary<string, string?[]> Headers, bool IsWhole)
{
    private static readonly HashSet<string> NotKept = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Date, HeaderNames.Server, HttpGate.RequestIdHeader, HeaderNames.ContentLength,
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyAuthenticate, HeaderNames.ProxyConnection, HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Upgrade,
    };

    [JsonIgnore]
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Whether it says that nothing was done that must not be done again: 429 and 503 with Retry-After. All else is kept, 500 above all: whether a function that failed took
    /// effect is not known, and running it again could be the second time.
    /// </summary>
    [JsonIgnore]
    public bool AsksToComeAgain => Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable && Headers.ContainsKey(HeaderNames.RetryAfter);

    /// <param name="response">As the function left it.</param>
    /// <param name="before">The headers that it had before the function ran.</param>
    /// <param name="body">What the function wrote.</param>
    public static KeptAnswer Of(HttpResponse response, IReadOnlyDictionary<string, StringValues> before, ReadOnlyMemory<byte> body) => new(
        response.StatusCode,
        response.Headers.Where(header => !NotKept.Contains(header.Key) && !(before.TryGetValue(header.Key, out var was) && was == header.Value))
            .ToDictionary(header => header.Key, header => header.Value.ToArray(), StringComparer.OrdinalIgnoreCase),
        IsWhole: true)
    { Body = body };

    /// <summary>That there was an answer, and its status.</summary>
    public KeptAnswer WithoutContent() => new(Status, new Dictionary<string, string?[]>(), IsWhole: false);

    /// <summary>Gives it again.</summary>
    public async Task ReplayAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        foreach (var (name, values) in Headers)
            http.Response.Headers[name] = values;
        http.Response.Headers[IdempotentFunctions.ReplayHeader] = "true";
        await WriteBodyAsync(http);
    }

    /// <summary>Writes the body behind headers that are there already.</summary>
    public async Task WriteBodyAsync(HttpContext http)
    {
        if (!Body.IsEmpty)
            await http.Response.Body.WriteAsync(Body, http.RequestAborted);
    }
}
