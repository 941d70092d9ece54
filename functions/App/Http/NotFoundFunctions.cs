using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Http;

/// <summary>
/// Answers what no other function takes, as a problem instead of the host's empty 404. Its name sorts after all others, because
/// of overlapping routes the real host takes the first by name.
/// </summary>
public sealed class NotFoundFunctions(RouteTable routes)
{
    public const string Route = "{*path}";

    [Function("zz-not-found")]
    [Access(Access.Anyone)]
    public IResult NotFound(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "delete", "patch", "options", Route = Route)] HttpRequest request)
    {
        // Not a parameter of the method: the worker would bind ?path= to it where the route value is empty.
        var allowed = routes.AllowedMethods(request.RouteValues["path"] as string);
        if (allowed.Count == 0 || allowed.Contains(request.Method, StringComparer.OrdinalIgnoreCase))
            return Problems.NotFound("not-found", "No function has this path.");

        request.HttpContext.Response.Headers.Allow = string.Join(", ", allowed);
        return Problems.Of(StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed", $"This path takes {string.Join(", ", allowed)}.");
    }
}
