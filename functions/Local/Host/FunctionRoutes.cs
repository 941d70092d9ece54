using Microsoft.AspNetCore.Routing.Patterns;
using Serverless.Http;

namespace Serverless.Local.Host;

/// <summary>Maps HTTP functions as the worker and the host map them together.</summary>
public static class FunctionRoutes
{
    /// <summary>
    /// Maps the catalog's HTTP functions below the prefix of host.json. What none of them takes is answered 404 and empty, as
    /// the real host does, never by ASP.NET Core's own 405; an app's catch-all function comes before that.
    /// </summary>
    public static void MapFunctions(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var services = routes.ServiceProvider;
        var prefix = services.GetRequiredService<HostJson>().RoutePrefix;
        var endpoints = new List<Endpoint>();
        foreach (var function in services.GetRequiredService<FunctionCatalog>().Http)
        {
            var pattern = RoutePatternFactory.Parse($"{prefix}/{function.Route}");
            var endpoint = new RouteEndpointBuilder(Delegate(function, services), pattern, order: 0) { DisplayName = function.Name };
            if (function.Methods is { } methods)
                endpoint.Metadata.Add(new HttpMethodMetadata(methods));
            endpoints.Add(endpoint.Build());
        }

        var rest = RoutePatternFactory.Parse($"{prefix}/{{*rest}}");
        endpoints.Add(new RouteEndpointBuilder(NotFound, rest, order: int.MaxValue) { DisplayName = "no function" }.Build());
        routes.DataSources.Add(new DefaultEndpointDataSource(endpoints));
    }

    private static RequestDelegate Delegate(HttpFunction function, IServiceProvider services)
    {
        var invoker = new FunctionInvoker(function);
        var keys = services.GetRequiredService<FunctionKeys>();
        var gate = services.GetRequiredService<HttpGate>();
        var ids = services.GetRequiredService<InvocationIds>();
        return http =>
        {
            // The host checks keys before the worker hears of the request, so before the gate.
            if (keys.Open(function, http.Request))
                return gate.InvokeAsync(http, function.Name, inner => RunAsync(invoker, ids.Next(), inner));

            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
    }

    private static async Task RunAsync(FunctionInvoker invoker, string invocationId, HttpContext http)
    {
        var context = LocalFunctionContext.OfHttp(invoker.Definition, invocationId, http);
        var result = invoker.Invoke(context, http.Request) switch
        {
            Task<IResult> task => await task,
            ValueTask<IResult> task => await task,
            var direct => (IResult)direct!,
        };
        await result.ExecuteAsync(http);
    }

    private static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
