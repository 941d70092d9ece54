using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>Which signatures a function may have: those that behave the same on both heads.</summary>
internal static class FunctionShape
{
    /// <summary>What is wrong, as the end of a sentence that begins with the function; null when nothing is.</summary>
    public static string? Error(MethodInfo method)
    {
        var triggers = method.GetParameters().Where(p => TriggerOf(p) is not null).ToList();
        if (!method.IsPublic || !method.DeclaringType!.IsVisible)
            return "must be a public method of a public class: the worker does not find it";
        if (triggers.Count != 1)
            return $"has {triggers.Count} triggers: exactly one parameter carries HttpTrigger, TimerTrigger or ServiceBusTrigger";

        return TriggerOf(triggers[0]) switch
        {
            HttpTriggerAttribute => HttpError(method, triggers[0]),
            TimerTriggerAttribute => triggers[0].ParameterType == typeof(TimerInfo)
                ? BackgroundError(method) : $"takes {triggers[0].ParameterType.Name} by TimerTrigger: take TimerInfo",
            ServiceBusTriggerAttribute queue => QueueError(queue, triggers[0]) ?? BackgroundError(method),
            _ => "has an unknown trigger",
        };
    }

    /// <summary>Reads a method that <see cref="Error"/> accepts.</summary>
    public static FunctionEntry Read(string name, MethodInfo method)
    {
        var trigger = method.GetParameters().Single(p => TriggerOf(p) is not null);
        return TriggerOf(trigger) switch
        {
            HttpTriggerAttribute http => new HttpFunction(
                name, method, http.Route ?? name,
                http.Methods is { Length: > 0 } methods ? [.. methods.Select(m => m.ToUpperInvariant())] : null,
                http.AuthLevel),
            TimerTriggerAttribute timer => new TimerFunction(name, method, timer.Schedule, timer.RunOnStartup),
            ServiceBusTriggerAttribute queue => new QueueFunction(
                name, method, queue.QueueName!, queue.IsBatched,
                queue.IsBatched ? trigger.ParameterType.GetElementType()! : trigger.ParameterType),
            _ => throw new InvalidOperationException($"The function {name} has no trigger."),
        };
    }

    public static Attribute? TriggerOf(ParameterInfo parameter) =>
        parameter.GetCustomAttributes().FirstOrDefault(a => a is HttpTriggerAttribute or TimerTriggerAttribute or ServiceBusTriggerAttribute);

    private static string? HttpError(MethodInfo method, ParameterInfo trigger)
    {
        if (trigger.ParameterType != typeof(HttpRequest))
            return $"takes {trigger.ParameterType.Name} by HttpTrigger: take HttpRequest";
        if (method.ReturnType != typeof(Task<IResult>) && method.ReturnType != typeof(ValueTask<IResult>) && method.ReturnType != typeof(IResult))
            return $"returns {method.ReturnType.Name}: return Task<IResult>, ValueTask<IResult> or IResult";

        var wrong = method.GetParameters().FirstOrDefault(p =>
            p != trigger && p.ParameterType != typeof(string) && p.ParameterType != typeof(FunctionContext));
        return wrong is null ? null
            : $"takes {wrong.ParameterType.Name} {wrong.Name}: beside HttpRequest an HTTP function takes string route values and FunctionContext (the worker binds anything else from the query too; cancellation is HttpContext.RequestAborted)";
    }

    private static string? QueueError(ServiceBusTriggerAttribute queue, ParameterInfo trigger)
    {
        if (string.IsNullOrEmpty(queue.QueueName))
            return "names no queue: topics are not supported";
        if (queue.IsSessionsEnabled)
            return "asks for sessions, which the local queues do not have";
        if (!queue.AutoCompleteMessages)
            return "settles its messages itself, which the local queues do not support";
        return trigger.ParameterType.IsArray == queue.IsBatched ? null
            : queue.IsBatched ? "is batched: take an array of the message type" : "takes an array: set IsBatched";
    }

    private static string? BackgroundError(MethodInfo method)
    {
        if (method.ReturnType != typeof(Task) && method.ReturnType != typeof(ValueTask) && method.ReturnType != typeof(void))
            return $"returns {method.ReturnType.Name}: return Task";

        var wrong = method.GetParameters().FirstOrDefault(p =>
            TriggerOf(p) is null && p.ParameterType != typeof(FunctionContext) && p.ParameterType != typeof(CancellationToken));
        return wrong is null ? null
            : $"takes {wrong.ParameterType.Name} {wrong.Name}: beside its trigger it takes FunctionContext and CancellationToken";
    }
}
