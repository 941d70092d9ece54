using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Serverless.Http;

/// <summary>
/// What every HTTP function passes through, on both heads: request id, problems instead of exceptions, limits, authentication, Idempotency-Key.
/// The head calls it with the function's name and a delegate that runs the function and its result.
/// </summary>
public sealed partial class HttpGate(
    Authentication authentication, AccessTable access, IdempotentFunctions functions, HttpMetrics metrics, Random random, ILogger<HttpGate> logger, RequestGuard? guard = null)
{
    public const string RequestIdHeader = "X-Request-Id";
    private const int LongestRequestId = 64;

    public async Task InvokeAsync(HttpContext http, string function, RequestDelegate next)
    {
        var arrived = metrics.Arrived();
        http.TraceIdentifier = RequestId(http.Request);
        http.Response.Headers[RequestIdHeader] = http.TraceIdentifier;
        try
        {
            if (await RefusalAsync(http, function) is { } refusal)
                await refusal.ExecuteAsync(http);
            else
                await functions.RunAsync(http, function, next);
        }
        catch (Exception gone) when (http.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            // The client is gone: there is nobody to answer. A body cut off in the middle is an IOException.
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await Problems.BadRequest("bad-request", bad.Message).ExecuteAsync(http);
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            LogFailure(failure, function, http.TraceIdentifier);
            http.Response.Clear();
            http.Response.Headers[RequestIdHeader] = http.TraceIdentifier;
            await Problems.Failed(http.TraceIdentifier).ExecuteAsync(http);
        }
        finally
        {
            metrics.Answered(function, http.Response.StatusCode, http.RequestAborted.IsCancellationRequested, arrived);
        }
    }

    private async Task<IResult?> RefusalAsync(HttpContext http, string function)
    {
        if (await GuardAsync(http, function, GuardStage.Arrived, null) is { } early)
            return early;
        var needed = access[function];
        if (needed == Access.Anyone)
            return null;

        var (caller, refusal) = await authentication.IdentifyAsync(http.Request);
        if (caller is null)
        {
            if (await GuardAsync(http, function, GuardStage.Unidentified, null) is { } guessing)
                return guessing;
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.Of(StatusCodes.Status401Unauthorized, "unauthenticated", "Who calls is not known", refusal!);
        }

        http.Features.Set(caller);
        if (await GuardAsync(http, function, GuardStage.Identified, caller) is { } limited)
            return limited;
        return caller.May(needed, http.GetRouteValue("user") as string)
            ? null
            : Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "Not allowed", $"'{caller.Id}' may not call this.");
    }

    private ValueTask<IResult?> GuardAsync(HttpContext http, string function, GuardStage stage, Caller? caller) =>
        guard is null ? new((IResult?)null) : guard(http, function, stage, caller);

    // The client's id is kept when it is harmless in logs and headers.
    private string RequestId(HttpRequest request)
    {
        var sent = request.Headers[RequestIdHeader].ToString();
        return sent.Length is > 0 and <= LongestRequestId && sent.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? sent
            : SecureRandom.Next64(random).ToString("x16", CultureInfo.InvariantCulture);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Function {Function} failed; request {RequestId}")]
    private partial void LogFailure(Exception failure, string function, string requestId);
}
