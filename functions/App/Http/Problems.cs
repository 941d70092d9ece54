using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>
/// Every error of the API, as application/problem+json (RFC 9457). The type is stable: clients may switch on it. Nothing is stored
/// or lost when one is answered, unless its text says so.
/// </summary>
public static class Problems
{
    private const string Prefix = "urn:serverless:problem:";

    public static IResult BadRequest(string type, string detail) => Of(StatusCodes.Status400BadRequest, type, "The request cannot be understood", detail);

    /// <summary>400 bad-field: names the field as a path into the body, such as "recipients[3].user".</summary>
    public static IResult BadField(string field, string detail) => Of(
        StatusCodes.Status400BadRequest, "bad-field", "A field of the request cannot be taken", detail, new Dictionary<string, object?> { ["field"] = field });

    public static IResult NotFound(string type, string detail) => Of(StatusCodes.Status404NotFound, type, "Not found", detail);

    public static IResult Conflict(string type, string detail) => Of(StatusCodes.Status409Conflict, type, "Conflict", detail);

    /// <summary>409 with Retry-After: asked again in so many seconds, it may go on.</summary>
    public static IResult ConflictForNow(string type, string detail, int retryAfter) => new Retryable(retryAfter, Conflict(type, detail));

    /// <summary>500: the function threw.</summary>
    /// <param name="request">The request's id, which the log has as well.</param>
    public static IResult Failed(string request) => Of(
        StatusCodes.Status500InternalServerError, "internal-error", "Something failed here",
        $"The request was not completed; whether it took effect is not known. Quote request {request} when you report this.");

    public static IResult TooLarge(string detail) => Of(StatusCodes.Status413PayloadTooLarge, "too-large", "The body is too large", detail);

    /// <summary>503 with Retry-After: fewer replicas answered than the request needs.</summary>
    public static IResult NoQuorum(int answered, int needed, string detail) => new Retryable(1, Of(
        StatusCodes.Status503ServiceUnavailable, "no-quorum", "Too few replicas answered", detail,
        new Dictionary<string, object?> { ["answered"] = answered, ["needed"] = needed }));

    /// <summary>503 with Retry-After: enough replicas answered, but none of them knows all that the caller has seen.</summary>
    public static IResult Behind(int answered, string detail) => new Retryable(1, Of(
        StatusCodes.Status503ServiceUnavailable, "behind", "The replicas that answered know less than the caller", detail,
        new Dictionary<string, object?> { ["answered"] = answered }));

    /// <summary>503 with Retry-After: what the request needs is not to be had now.</summary>
    /// <param name="type">The stable name.</param>
    /// <param name="title">The same for every problem of this type.</param>
    /// <param name="detail">What is missing, and what to do.</param>
    /// <param name="retryAfter">When to ask again; rounded up to seconds, at least 1.</param>
    public static IResult Unavailable(string type, string title, string detail, TimeSpan retryAfter) =>
        new Retryable((int)Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)), Of(StatusCodes.Status503ServiceUnavailable, type, title, detail));

    /// <param name="status">The HTTP status.</param>
    /// <param name="type">The stable name, such as "no-quorum".</param>
    /// <param name="title">The same for every problem of this type.</param>
    /// <param name="detail">What happened this time, and what to do.</param>
    /// <param name="more">Further members.</param>
    public static IResult Of(int status, string type, string title, string detail, IDictionary<string, object?>? more = null) =>
        Results.Problem(statusCode: status, type: Prefix + type, title: title, detail: detail, extensions: more);

    private sealed class Retryable(int seconds, IResult problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return problem.ExecuteAsync(httpContext);
        }
    }
}
