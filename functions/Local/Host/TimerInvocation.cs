using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>Calls one timer function: in a scope of its own, and its failure is logged and goes no further.</summary>
internal sealed partial class TimerInvocation(TimerFunction function, IServiceScopeFactory scopes, InvocationIds ids, ILogger log)
{
    private readonly FunctionInvoker _invoker = new(function);

    public async Task RunAsync(TimerInfo timer, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new LocalFunctionContext(
            _invoker.Definition, ids.Next(), scope.ServiceProvider, new Dictionary<string, object?>(), cancellationToken);
        try
        {
            await _invoker.RunAsync(context, timer);
        }
        catch (Exception failed)
        {
            FunctionFailed(log, function.Name, context.InvocationId, failed);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Timer {Function} failed in invocation {Invocation}")]
    private static partial void FunctionFailed(ILogger log, string function, string invocation, Exception failed);
}
