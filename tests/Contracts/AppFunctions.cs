using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Tests.Contracts;

/// <summary>Every [Function] method of the app, by plain reflection: apart from what the heads themselves make of them.</summary>
internal static class AppFunctions
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<MethodInfo> All { get; } =
        [.. typeof(ServerlessApp).Assembly.GetTypes().SelectMany(t => t.GetMethods(Any)).Where(m => m.IsDefined(typeof(FunctionAttribute)))];

    public static IReadOnlyList<MethodInfo> Http { get; } = With<HttpTriggerAttribute>();

    public static IReadOnlyList<MethodInfo> Timers { get; } = With<TimerTriggerAttribute>();

    public static IReadOnlyList<MethodInfo> Queues { get; } = With<ServiceBusTriggerAttribute>();

    public static string NameOf(MethodInfo method) => method.GetCustomAttribute<FunctionAttribute>()!.Name;

    public static T TriggerOf<T>(MethodInfo method)
        where T : Attribute => method.GetParameters().Select(p => p.GetCustomAttribute<T>()).Single(t => t is not null)!;

    public static string RouteOf(MethodInfo method) => TriggerOf<HttpTriggerAttribute>(method).Route ?? NameOf(method);

    // These note a fact that is the same however often it is told, tell what is never stored, or only read or reckon.
    private static readonly string[] CreatingNothing = ["notifications-events", "rooms-typing", "chat-sync", "capacity-estimate"];

    /// <summary>Whether a function creates something: each POST but these.</summary>
    public static bool Creates(MethodInfo method) =>
        TriggerOf<HttpTriggerAttribute>(method).Methods!.Contains("post") && !CreatingNothing.Contains(NameOf(method));

    public static bool IsCatchAll(MethodInfo method) => RouteOf(method) == "{*path}";

    private static IReadOnlyList<MethodInfo> With<T>()
        where T : Attribute => [.. All.Where(m => m.GetParameters().Any(p => p.IsDefined(typeof(T))))];
}
