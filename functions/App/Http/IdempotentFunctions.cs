using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Http;

/// <summary>
/// Marks a function that creates something: a request with the header Idempotency-Key takes effect once, however often it is sent. A function so marked answers 429 or 503
/// with Retry-After only when it is right to run it again, since such an answer is not kept.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute;

/// <summary>Runs a function once per Idempotency-Key of a caller, or answers in its place. The room that remembers keys provides it.</summary>
/// <param name="http">The request, which has the header.</param>
/// <param name="function">The function that it is for.</param>
/// <param name="caller">Who sent it.</param>
/// <param name="next">Runs the function and its result.</param>
public delegate Task RunOnce(HttpContext http, string function, Caller caller, RequestDelegate next);

/// <summary>Runs functions, those marked <see cref="IdempotentAttribute"/> once per Idempotency-Key. A request without the header costs nothing more.</summary>
/// <param name="functions">All functions, marked or not.</param>
/// <param name="once">Null when nothing remembers keys: the header is passed over.</param>
public sealed class IdempotentFunctions(IEnumerable<MethodInfo> functions, RunOnce? once)
{
    /// <summary>The request's header: 1 to 255 characters that the caller chose (draft-ietf-httpapi-idempotency-key-header).</summary>
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>"true" in an answer that was given before.</summary>
    public const string ReplayHeader = "Idempotency-Replay";

    private readonly FrozenSet<string> _marked = functions.Where(method => method.IsDefined(typeof(IdempotentAttribute)))
        .Select(method => method.GetCustomAttribute<FunctionAttribute>()!.Name).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The functions of an assembly.</summary>
    public static IdempotentFunctions Of(Assembly assembly, RunOnce? once) => new(assembly.GetExportedTypes().SelectMany(type => type.GetMethods()), once);

    public Task RunAsync(HttpContext http, string function, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(next);
        return once is not null && _marked.Contains(function) && http.Request.Headers.ContainsKey(KeyHeader) && Caller.Of(http) is { } caller
            ? once(http, function, caller, next)
            : next(http);
    }
}
