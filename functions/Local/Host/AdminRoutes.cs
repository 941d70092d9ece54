namespace Serverless.Local.Host;

/// <summary>
/// The real host's POST /admin/functions/{name} for timer functions: runs one at once. The body, which carries a trigger's input
/// there, is not read, since a timer has none.
/// </summary>
internal static class AdminRoutes
{
    /// <summary>202 ordered, 401 without the master key, 404 no timer function of that name, 429 too many wait. All empty.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/admin/functions/{name}", (HttpRequest request, string name, FunctionKeys keys, TimerOrders orders) => Results.StatusCode(
            !keys.OpenAdmin(request) ? StatusCodes.Status401Unauthorized
            : !orders.Knows(name) ? StatusCodes.Status404NotFound
            : orders.TryOrder(name) ? StatusCodes.Status202Accepted
            : StatusCodes.Status429TooManyRequests));
}
