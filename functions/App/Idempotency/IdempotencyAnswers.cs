using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Idempotency;

/// <summary>Outcomes as HTTP.</summary>
internal static class IdempotencyAnswers
{
    private const int RetrySeconds = 1;

    /// <summary>Why a request is not carried out.</summary>
    public static IResult Of(KeyClaim claim) => claim switch
    {
        KeyClaim.InFlight => Problems.ConflictForNow(
            "idempotency-in-flight", $"A request with this {IdempotentFunctions.KeyHeader} is being carried out. Ask again after {RetrySeconds} s for its answer.", RetrySeconds),
        KeyClaim.Reused => Problems.Of(
            StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "The key was used for another request",
            $"This {IdempotentFunctions.KeyHeader} came with another query, content type or body before. Nothing was done: send the same request again, or take a new key."),
        KeyClaim.Answered(var answer) => Problems.Of(
            StatusCodes.Status409Conflict, "idempotency-result-too-large", "Conflict",
            $"This request was carried out before and answered {answer.Status}, but that answer was too long to be kept. Nothing was done now.",
            new Dictionary<string, object?> { ["answered"] = answer.Status }),
        KeyClaim.Unreachable(var answered, var needed) => Problems.NoQuorum(
            answered, needed, $"{answered} of the {needed} replicas needed answered in time, so whether this {IdempotentFunctions.KeyHeader} was used is not known. Nothing was done; ask again with the same key."),
        _ => throw new ArgumentOutOfRangeException(nameof(claim)),
    };
}
