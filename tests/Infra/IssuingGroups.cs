using System.Reflection;
using Serverless.Http;
using Serverless.Ids;
using Serverless.Tests.Contracts;

namespace Serverless.Tests.Infra;

/// <summary>
/// Which scale groups of a function app may issue snowflakes, and so lease worker ids: HTTP functions are one group, each queue function and each timer is one by itself.
/// Told from constructors: a function may do what anything can do that it is made of, and who carries out requests that were put off may do what any HTTP function does.
/// </summary>
internal static class IssuingGroups
{
    public static IReadOnlyList<string> OfTheApp { get; } = Find();

    private static List<string> Find()
    {
        var issuing = AppFunctions.All.Where(one => Reaches(one.DeclaringType!, [])).ToList();
        return [.. issuing.Select(one => AppFunctions.Http.Contains(one) ? "HTTP" : AppFunctions.NameOf(one)).Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool Reaches(Type type, HashSet<Type> seen)
    {
        if (type == typeof(SnowflakeSource) || type == typeof(FunctionCalls))
            return true;
        return type.Assembly == typeof(ServerlessApp).Assembly && seen.Add(type) && Parts(type).Any(part => Reaches(part, seen));
    }

    // Of an interface: of all that implement it.
    private static IEnumerable<Type> Parts(Type type) => type.IsInterface
        ? type.Assembly.GetTypes().Where(one => !one.IsInterface && type.IsAssignableFrom(one))
        : type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .SelectMany(one => one.GetParameters())
            .SelectMany(one => one.ParameterType.IsGenericType ? one.ParameterType.GetGenericArguments() : [one.ParameterType]);
}
