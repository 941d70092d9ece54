using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>Who sent the request, once its credentials have been checked.</summary>
public abstract record Caller(string Id)
{
    public const string OperatorRole = "operator";

    public sealed record Service(string Id) : Caller(Id);

    public sealed record User(string Id, IReadOnlySet<string> Roles) : Caller(Id);

    /// <summary>The caller of this request; null for a function that everyone may call.</summary>
    public static Caller? Of(HttpContext http) => http.Features.Get<Caller>();

    public bool May(Access access, string? routeUser) => access == Access.Anyone || this switch
    {
        Service => access.HasFlag(Access.Services),
        User user => access.HasFlag(Access.Users)
            || (access.HasFlag(Access.Operators) && user.Roles.Contains(OperatorRole))
            || (access.HasFlag(Access.Self) && routeUser == user.Id),
        _ => false,
    };
}
