using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>Calls one function: its class is created anew for each call, from the invocation's services.</summary>
internal sealed class FunctionInvoker
{
    private readonly MethodInvoker _method;
    private readonly ObjectFactory? _create;
    private readonly Func<LocalFunctionContext, object, object?>[] _arguments;

    public FunctionInvoker(FunctionEntry function)
    {
        Definition = new LocalFunctionDefinition(function);
        _method = MethodInvoker.Create(function.Method);
        _create = function.Method.IsStatic ? null : ActivatorUtilities.CreateFactory(function.Method.DeclaringType!, []);
        _arguments = [.. function.Method.GetParameters().Select(Argument)];
    }

    public LocalFunctionDefinition Definition { get; }

    /// <summary>What the method returned: for asynchronous ones, before it is awaited. Its exceptions arrive unwrapped.</summary>
    public object? Invoke(LocalFunctionContext context, object trigger)
    {
        var arguments = new object?[_arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = _arguments[i](context, trigger);
        return _method.Invoke(_create?.Invoke(context.InstanceServices, []), arguments.AsSpan());
    }

    /// <summary>Runs a timer or queue function to its end.</summary>
    public async Task RunAsync(LocalFunctionContext context, object trigger)
    {
        switch (Invoke(context, trigger))
        {
            case Task task:
                await task;
                break;
            case ValueTask task:
                await task;
                break;
        }
    }

    private static Func<LocalFunctionContext, object, object?> Argument(ParameterInfo parameter)
    {
        if (FunctionShape.TriggerOf(parameter) is not null)
            return (_, trigger) => trigger;
        if (parameter.ParameterType == typeof(FunctionContext))
            return (context, _) => context;
        if (parameter.ParameterType == typeof(CancellationToken))
            return (context, _) => context.CancellationToken;

        var name = parameter.Name!;
        return (context, _) => context.BindingContext.BindingData.TryGetValue(name, out var value) ? value : null;
    }
}
