using Microsoft.AspNetCore.Routing.Patterns;

namespace Serverless.Local.Host;

/// <summary>
/// Finds pairs of routes that some request would match both. ASP.NET Core takes the most literal one, the real host the first
/// function by name, so none may exist. Constraints are not compared: <c>{id:int}</c> and <c>{id:guid}</c> count as overlapping.
/// </summary>
internal static class RouteOverlap
{
    /// <summary>The one function that may overlap all others, since its name sorts last and its route is <c>{*path}</c>.</summary>
    public const string CatchAll = "zz-not-found";

    public static IEnumerable<string> Errors(IReadOnlyList<HttpFunction> functions)
    {
        var patterns = new List<(HttpFunction Function, RoutePattern Pattern)>();
        foreach (var function in functions.Where(f => !IsCatchAll(f)))
        {
            var (pattern, error) = Parse(function);
            if (pattern is not null)
                patterns.Add((function, pattern));
            else
                yield return $"The route {function.Route} of function {function.Name} cannot be read: {error}";
            if (StringComparer.OrdinalIgnoreCase.Compare(function.Name, CatchAll) > 0 && functions.Any(IsCatchAll))
                yield return $"Function {function.Name} sorts after {CatchAll}, which would answer in its place on the real host.";
        }

        for (var i = 0; i < patterns.Count; i++)
        {
            for (var j = i + 1; j < patterns.Count; j++)
            {
                var (a, b) = (patterns[i], patterns[j]);
                if (ShareMethod(a.Function, b.Function) && Overlap(a.Pattern.PathSegments, b.Pattern.PathSegments, 0))
                    yield return $"The routes of {a.Function.Name} ({a.Function.Route}) and {b.Function.Name} ({b.Function.Route}) overlap for one method.";
            }
        }
    }

    private static (RoutePattern? Pattern, string? Error) Parse(HttpFunction function)
    {
        try
        {
            return (RoutePatternFactory.Parse(function.Route), null);
        }
        catch (RoutePatternException refused)
        {
            return (null, refused.Message);
        }
    }

    private static bool IsCatchAll(HttpFunction function) =>
        string.Equals(function.Name, CatchAll, StringComparison.OrdinalIgnoreCase) && function.Route == "{*path}";

    private static bool ShareMethod(HttpFunction a, HttpFunction b) =>
        a.Methods is null || b.Methods is null || a.Methods.Intersect(b.Methods).Any();

    private static bool Overlap(IReadOnlyList<RoutePatternPathSegment> a, IReadOnlyList<RoutePatternPathSegment> b, int at)
    {
        if (at >= a.Count)
            return b.Skip(at).All(MayBeAbsent);
        if (at >= b.Count)
            return a.Skip(at).All(MayBeAbsent);
        if (IsCatchAll(a[at]) || IsCatchAll(b[at]))
            return true;
        return MayBeEqual(a[at], b[at]) && Overlap(a, b, at + 1);
    }

    private static bool MayBeEqual(RoutePatternPathSegment a, RoutePatternPathSegment b) =>
        Literal(a) is not { } left || Literal(b) is not { } right || string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string? Literal(RoutePatternPathSegment segment) =>
        segment is { IsSimple: true, Parts: [RoutePatternLiteralPart literal] } ? literal.Content : null;

    private static bool MayBeAbsent(RoutePatternPathSegment segment) =>
        segment is { IsSimple: true, Parts: [RoutePatternParameterPart parameter] }
        && (parameter.IsOptional || parameter.IsCatchAll || parameter.Default is not null);

    private static bool IsCatchAll(RoutePatternPathSegment segment) =>
        segment is { IsSimple: true, Parts: [RoutePatternParameterPart { IsCatchAll: true }] };
}
