using System.Globalization;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>A request that was too much at its time and is carried out later, as it lies in the queue. Its credentials were checked and are not kept: who sent it is.</summary>
/// <param name="Id">Random, in 32 hexadecimal digits.</param>
/// <param name="Function">The function that it is for.</param>
/// <param name="Method">GET, PUT, ….</param>
/// <param name="Path">As it was sent.</param>
/// <param name="Query">With its question mark; empty when there is none.</param>
/// <param name="Route">The values of the path.</param>
/// <param name="Headers">Those that mean something to functions.</param>
/// <param name="Body">At most <see cref="MostBytes"/>.</param>
/// <param name="App">The service that sent it; null when it was a user.</param>
/// <param name="User">The user who sent it; null when it was a service.</param>
/// <param name="Roles">The user's.</param>
/// <param name="Since">When it came.</param>
public sealed record ReplayMessage(
    string Id, string Function, string Method, string Path, string Query, IReadOnlyDictionary<string, string> Route, IReadOnlyDictionary<string, string> Headers,
    byte[] Body, string? App, string? User, IReadOnlyList<string> Roles, DateTimeOffset Since)
{
    /// <summary>The longest body that is kept: 24 KiB, so that the message fits every queue.</summary>
    public const int MostBytes = 24 * 1024;

    private const int LongestHeader = 2_048;
    private static readonly string[] Kept = ["Content-Type", "Accept", "If-Match", "If-None-Match", "X-Causality", "Idempotency-Key", "X-Request-Id"];

    /// <summary>Who sent it.</summary>
    internal Caller Caller => App is { } app ? new Caller.Service(app) : new Caller.User(User!, new HashSet<string>(Roles, StringComparer.Ordinal));

    internal static ReplayMessage Of(HttpContext http, string id, string function, Caller caller, byte[] body, DateTimeOffset now)
    {
        var request = http.Request;
        return new ReplayMessage(
            id, function, request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "",
            request.RouteValues.ToDictionary(value => value.Key, value => Convert.ToString(value.Value, CultureInfo.InvariantCulture) ?? ""),
            Kept.Where(name => request.Headers[name].ToString() is { Length: > 0 and <= LongestHeader }).ToDictionary(name => name, name => request.Headers[name].ToString()),
            body, (caller as Caller.Service)?.Id, (caller as Caller.User)?.Id, [.. (caller as Caller.User)?.Roles ?? new HashSet<string>()], now);
    }

    /// <summary>The request again, with an empty answer to be written.</summary>
    internal DefaultHttpContext ToHttp()
    {
        var http = new DefaultHttpContext { TraceIdentifier = Headers.GetValueOrDefault("X-Request-Id", Id) };
        (http.Request.Method, http.Request.Path, http.Request.QueryString) = (Method, Path, new QueryString(Query));
        foreach (var (name, value) in Headers)
            http.Request.Headers[name] = value;
        foreach (var (name, value) in Route)
            http.Request.RouteValues[name] = value;
        (http.Request.Body, http.Request.ContentLength) = (new MemoryStream(Body), Body.Length);
        http.Response.Body = new MemoryStream();
        http.Features.Set(Caller);
        return http;
    }
}
