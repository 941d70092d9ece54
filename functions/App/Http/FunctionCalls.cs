using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Http;

/// <summary>Calls HTTP functions from within, by name: for requests that were kept to be carried out later. What stands before a function, gate and routing, does not run again, but a request with an Idempotency-Key takes effect once all the same.</summary>
public sealed class FunctionCalls(IEnumerable<MethodInfo> functions, IdempotentFunctions idempotent, IServiceScopeFactory scopes)
{
    private readonly FrozenDictionary<string, MethodInfo> _byName = functions.ToFrozenDictionary(
        method => method.GetCustomAttribute<FunctionAttribute>()!.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The HTTP functions of an assembly.</summary>
    public static FunctionCalls Of(Assembly assembly, IdempotentFunctions idempotent, IServiceScopeFactory scopes) => new(
        assembly.GetExportedTypes().SelectMany(type => type.GetMethods()).Where(method =>
            method.GetCustomAttribute<FunctionAttribute>() is not null && method.GetParameters().Any(p => p.GetCustomAttribute<HttpTriggerAttribute>() is not null)),
        idempotent, scopes);

    /// <summary>Whether there is such a function, and it needs nothing but the request and its route values.</summary>
    public bool Has(string function) =>
        _byName.TryGetValue(function, out var method) && Array.TrueForAll(method.GetParameters(), p => p.ParameterType == typeof(HttpRequest) || p.ParameterType == typeof(string));

    /// <summary>Runs a function and its result.</summary>
    /// <param name="function">Its name; <see cref="Has"/> it.</param>
    /// <param name="http">The request with its route values, and where the answer goes.</param>
    public Task RunAsync(string function, HttpContext http) => idempotent.RunAsync(http, function, once => RunAsync(_byName[function], once));

    private async Task RunAsync(MethodInfo method, HttpContext http)
    {
        await using var scope = scopes.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        var instance = ActivatorUtilities.CreateInstance(scope.ServiceProvider, method.DeclaringType!);
        var arguments = method.GetParameters().Select(p => p.ParameterType == typeof(HttpRequest) ? http.Request : http.Request.RouteValues[p.Name!]).ToArray();
        var result = method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null) switch
        {
            Task<IResult> task => await task,
            ValueTask<IResult> task => await task,
            var direct => (IResult)direct!,
        };
        await result.ExecuteAsync(http);
    }
}
