using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Serverless.Http;

/// <summary>The HTTP functions' routes, so that the catch-all function can tell a wrong method from an unknown path.</summary>
public sealed class RouteTable
{
    // Every method that the catch-all takes; what a function without a list of methods takes.
    private static readonly string[] AllMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

    private readonly List<Row> _rows = [];

    /// <param name="methods">Methods of function classes; those without an HTTP trigger are passed over.</param>
    public RouteTable(IEnumerable<MethodInfo> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        var constraints = new DefaultInlineConstraintResolver(Options.Create(new RouteOptions()), NoServices.Instance);
        foreach (var method in methods)
        {
            var trigger = method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(t => t is not null);
            if (method.GetCustomAttribute<FunctionAttribute>() is { } function && trigger is not null && trigger.Route != NotFoundFunctions.Route)
                _rows.Add(Row.Of(function.Name, trigger, constraints));
        }
    }

    public static RouteTable Of(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return new RouteTable(assembly.GetExportedTypes().SelectMany(t => t.GetMethods()));
    }

    /// <summary>Function name, route below the prefix, and methods in upper case; the catch-all is left out.</summary>
    public IEnumerable<(string Function, string Route, IReadOnlyList<string> Methods)> Routes =>
        _rows.Select(r => (r.Function, r.Route, r.Methods));

    /// <summary>The methods, sorted, that some function takes at <paramref name="path"/>; none when the path is unknown.</summary>
    /// <param name="path">Below the route prefix, decoded as routing decodes it, with or without its leading slash.</param>
    public IReadOnlyList<string> AllowedMethods(string? path)
    {
        var full = new PathString("/" + path?.TrimStart('/'));
        return [.. _rows.Where(r => r.Matches(full)).SelectMany(r => r.Methods).Distinct().Order(StringComparer.Ordinal)];
    }

    private sealed record Row(
        string Function, string Route, IReadOnlyList<string> Methods, TemplateMatcher Matcher, List<KeyValuePair<string, IRouteConstraint>> Constraints)
    {
        public static Row Of(string function, HttpTriggerAttribute trigger, DefaultInlineConstraintResolver resolver)
        {
            var route = trigger.Route ?? function;
            var template = TemplateParser.Parse(route);
            var defaults = new RouteValueDictionary(template.Parameters
                .Where(p => p.DefaultValue is not null)
                .Select(p => KeyValuePair.Create(p.Name!, p.DefaultValue)));
            var constraints = template.Parameters
                .SelectMany(p => p.InlineConstraints.Select(c => KeyValuePair.Create(p.Name!, resolver.ResolveConstraint(c.Constraint)!)))
                .ToList();
            IReadOnlyList<string> methods = trigger.Methods is { Length: > 0 } given ? [.. given.Select(m => m.ToUpperInvariant())] : AllMethods;
            return new Row(function, route, methods, new TemplateMatcher(template, defaults), constraints);
        }

        public bool Matches(PathString path)
        {
            var values = new RouteValueDictionary();
            return Matcher.TryMatch(path, values) && Constraints.TrueForAll(c =>
                !values.ContainsKey(c.Key) || c.Value.Match(null, null, c.Key, values, RouteDirection.IncomingRequest));
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
