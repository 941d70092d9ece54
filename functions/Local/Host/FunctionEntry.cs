using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>One <c>[Function]</c> method of the app. Names are unique in the app, ignoring case.</summary>
public abstract record FunctionEntry(string Name, MethodInfo Method)
{
    /// <summary>The class as <c>Namespace.Class.Method</c>, as the worker names its entry points.</summary>
    public string EntryPoint => $"{Method.DeclaringType!.FullName}.{Method.Name}";
}

/// <summary>
/// A function behind a route. The route is below the route prefix, and the function's name where the attribute gives none; methods
/// are in upper case, and null means every method.
/// </summary>
public sealed record HttpFunction(
    string Name, MethodInfo Method, string Route, IReadOnlyList<string>? Methods, AuthorizationLevel Level)
    : FunctionEntry(Name, Method);

/// <summary>A function on a schedule: six-field NCRONTAB in UTC, or <c>%Setting%</c>.</summary>
public sealed record TimerFunction(string Name, MethodInfo Method, string Schedule, bool RunOnStartup)
    : FunctionEntry(Name, Method);

/// <summary>
/// A function behind a queue, named as it is or as <c>%Setting%</c>. Each body is read as the message type (JSON, or string for the
/// text itself); a batched function takes an array of them.
/// </summary>
public sealed record QueueFunction(string Name, MethodInfo Method, string Queue, bool IsBatched, Type MessageType)
    : FunctionEntry(Name, Method);
