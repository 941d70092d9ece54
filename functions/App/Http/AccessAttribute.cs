using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Http;

/// <summary>Who may call a function.</summary>
[Flags]
public enum Access
{
    /// <summary>Everyone, without credentials.</summary>
    Anyone = 0,

    /// <summary>Services, by X-App-Key and X-App-Secret.</summary>
    Services = 1,

    /// <summary>Users whose token has the role "operator".</summary>
    Operators = 2,

    /// <summary>Any user with a valid token.</summary>
    Users = 4,

    /// <summary>The user whom the route value "user" names.</summary>
    Self = 8,
}

/// <summary>States who may call an HTTP function. A function without it can be called by services only.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AccessAttribute(Access access) : Attribute
{
    public Access Access { get; } = access;
}

/// <summary>The access rule of each function, by its name.</summary>
public sealed class AccessTable(IEnumerable<MethodInfo> functions)
{
    private readonly FrozenDictionary<string, Access> _byFunction = functions.ToFrozenDictionary(
        method => method.GetCustomAttribute<FunctionAttribute>()!.Name,
        method => method.GetCustomAttribute<AccessAttribute>()?.Access ?? Access.Services,
        StringComparer.OrdinalIgnoreCase);

    public Access this[string function] => _byFunction.GetValueOrDefault(function, Access.Services);

    /// <summary>The rules of every function in an assembly.</summary>
    public static AccessTable Of(Assembly assembly) => new(
        assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null));
}
