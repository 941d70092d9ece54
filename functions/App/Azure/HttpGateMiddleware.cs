using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Serverless.Http;

namespace Serverless.AzureHead;

/// <summary>Runs the gate around each HTTP function, and the function's result inside it: the worker alone would run the result after all middleware.</summary>
internal sealed class HttpGateMiddleware(HttpGate gate) : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
            return next(context);

        return gate.InvokeAsync(http, context.FunctionDefinition.Name, async _ =>
        {
            await next(context);
            var invocation = context.GetInvocationResult();
            if (invocation.Value is IResult result)
            {
                invocation.Value = Results.Empty;
                await result.ExecuteAsync(http);
            }
        });
    }
}
