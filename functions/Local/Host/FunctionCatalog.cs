using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>The functions of an app by trigger, found by reflection and checked; the order is by name.</summary>
public sealed class FunctionCatalog
{
    private const BindingFlags AnyMethod =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private FunctionCatalog(IReadOnlyList<FunctionEntry> functions)
    {
        Http = [.. functions.OfType<HttpFunction>()];
        Timers = [.. functions.OfType<TimerFunction>()];
        Queues = [.. functions.OfType<QueueFunction>()];
    }

    public IReadOnlyList<HttpFunction> Http { get; }

    public IReadOnlyList<TimerFunction> Timers { get; }

    public IReadOnlyList<QueueFunction> Queues { get; }

    /// <summary>The functions of the app itself.</summary>
    public static FunctionCatalog OfApp() => OfAssemblies(typeof(ServerlessApp).Assembly);

    public static FunctionCatalog OfAssemblies(params IEnumerable<Assembly> assemblies) =>
        OfTypes(assemblies.SelectMany(a => a.GetTypes()));

    /// <exception cref="InvalidOperationException">Some function could not run, or not on both heads; the message has a line for each reason.</exception>
    public static FunctionCatalog OfTypes(params IEnumerable<Type> types)
    {
        var functions = new List<FunctionEntry>();
        var errors = new List<string>();
        foreach (var method in types.SelectMany(t => t.GetMethods(AnyMethod)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { } function)
                Add(function.Name, method, functions, errors);
        }

        functions.Sort((a, b) => StringComparer.OrdinalIgnoreCase.Compare(a.Name, b.Name));
        errors.AddRange(functions.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1)
            .Select(g => $"The function name {g.Key} is taken {g.Count()} times: {string.Join(", ", g.Select(f => f.EntryPoint))}."));
        errors.AddRange(RouteOverlap.Errors([.. functions.OfType<HttpFunction>()]));
        if (errors.Count > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
        return new FunctionCatalog(functions);
    }

    private static void Add(string name, MethodInfo method, List<FunctionEntry> functions, List<string> errors)
    {
        if (FunctionShape.Error(method) is { } error)
            errors.Add($"Function {name} ({method.DeclaringType!.FullName}.{method.Name}) {error}.");
        else
            functions.Add(FunctionShape.Read(name, method));
    }
}
