using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serverless.Http;

namespace Serverless.Idempotency;

/// <summary>
/// Carries a request with an Idempotency-Key out once and answers it every time (draft-ietf-httpapi-idempotency-key-header): a mark first, then the function, then its answer in the mark's
/// place, then the client. Without a majority of the key's owners nothing runs, or the promise would be empty.
/// </summary>
internal sealed partial class IdempotentRequests(KeyRegisters keys, TimeProvider clock, ILogger<IdempotentRequests> logger)
{
    /// <inheritdoc cref="RunOnce"/>
    public async Task RunAsync(HttpContext http, string function, Caller caller, RequestDelegate next)
    {
        var (request, refusal) = await KeyedRequest.ReadAsync(http, function, caller);
        if (request is null)
        {
            await refusal!.ExecuteAsync(http);
            return;
        }

        // Runs while the mark is being set: however long that takes, the mark outlives the function.
        using var limit = new CancellationTokenSource(KeyRegisters.RunLimit, clock);
        switch (await keys.ClaimAsync(request, http.RequestAborted))
        {
            case KeyClaim.Owned(var mark):
                await CarryOutAsync(http, function, next, request, mark, limit.Token);
                break;
            case KeyClaim.Answered({ IsWhole: true } answer):
                await answer.ReplayAsync(http);
                break;
            case var other:
                await IdempotencyAnswers.Of(other).ExecuteAsync(http);
                break;
        }
    }

    private async Task CarryOutAsync(HttpContext http, string function, RequestDelegate next, KeyedRequest request, KeyRecord mark, CancellationToken limit)
    {
        KeptAnswer answer;
        using (var recorder = new AnswerRecorder(http, limit))
        {
            try
            {
                await next(http);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                http.Response.Clear();
                await Problems.Failed(http.TraceIdentifier).ExecuteAsync(http);
                await KeepAsync(http, function, request, mark, await recorder.EndAsync());
                http.Response.Clear();
                throw;
            }

            answer = await recorder.EndAsync();
        }

        await KeepAsync(http, function, request, mark, answer);
        await answer.WriteBodyAsync(http);
    }

    // Before the client hears of it: should the answer be lost on the way, asking again finds it.
    private async Task KeepAsync(HttpContext http, string function, KeyedRequest request, KeyRecord mark, KeptAnswer answer)
    {
        var outcome = answer.AsksToComeAgain ? await keys.ReleaseAsync(request, mark) : await keys.CompleteAsync(request, mark, answer);
        if (outcome == KeyOutcome.TakenOver)
            LogTakenOver(function, http.TraceIdentifier, answer.Status);
        else if (outcome == KeyOutcome.Unreachable)
            LogUnkept(function, http.TraceIdentifier, answer.Status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Function {Function} took so long that its idempotency key was taken over; request {RequestId} is answered {Status}, which is not kept")]
    private partial void LogTakenOver(string function, string requestId, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer {Status} of function {Function} could not be kept for its idempotency key; request {RequestId}. When its mark ends, the request may run again")]
    private partial void LogUnkept(string function, string requestId, int status);
}
