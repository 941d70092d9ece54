using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>
/// Decides whether a request may go on, at each stage on its way: a result is the answer instead. The room that limits provides it.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="function">The function that it is for.</param>
/// <param name="stage">How much is known of it.</param>
/// <param name="caller">Who sent it, once that is known.</param>
public delegate ValueTask<IResult?> RequestGuard(HttpContext http, string function, GuardStage stage, Caller? caller);

/// <summary>How much is known of a request.</summary>
public enum GuardStage
{
    /// <summary>Where it came from.</summary>
    Arrived,

    /// <summary>And that its credentials are wrong.</summary>
    Unidentified,

    /// <summary>And whose it is.</summary>
    Identified,
}
