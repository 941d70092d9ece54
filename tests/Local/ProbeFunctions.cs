using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Tests.Local;

/// <summary>Told by the hanging probe that it began and that it saw its client leave.</summary>
public sealed class ProbeSignals
{
    public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Functions that show what reached them; static where they need nothing of an instance, as the worker allows.</summary>
public class ProbeFunctions(ProbeSignals signals)
{
    private int _calls;

    [Function("probe-echo")]
    [Access(Access.Anyone)]
    public static IResult Echo([HttpTrigger(AuthorizationLevel.Anonymous, "get", "put", Route = "echo/{key}")] HttpRequest request, string key) =>
        Results.Text($"{request.Method} {key}");

    [Function("probe-any")]
    [Access(Access.Anyone)]
    public ValueTask<IResult> Any([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) =>
        ValueTask.FromResult(Results.Text($"any {request.Method} {++_calls}"));

    [Function("probe-head")]
    [Access(Access.Anyone)]
    public static IResult Head([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "head")] HttpRequest request) =>
        Results.Text($"has a body, asked by {request.Method}");

    [Function("probe-options")]
    [Access(Access.Anyone)]
    public static IResult Options([HttpTrigger(AuthorizationLevel.Anonymous, "options", Route = "options")] HttpRequest request) =>
        Results.Text(request.Method);

    [Function("probe-query")]
    [Access(Access.Anyone)]
    public static IResult Query(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "query/{id?}")] HttpRequest request, string? id, FunctionContext context) =>
        Results.Text($"id={id ?? "none"} empty={request.Query["empty"]} {context.FunctionDefinition.Name} {ReferenceEquals(context.GetHttpContext(), request.HttpContext)}");

    [Function("probe-int")]
    [Access(Access.Anyone)]
    public static IResult Int([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "int/{id:int}")] HttpRequest request, string id) =>
        Results.Text($"{request.Method} {id}");

    [Function("probe-count")]
    [Access(Access.Anyone)]
    public static async Task<IResult> Count([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "count")] HttpRequest request)
    {
        var buffer = new byte[65536];
        var total = 0L;
        for (var read = -1; read != 0; total += read)
            read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted);
        return Results.Text($"{total}");
    }

    [Function("probe-throw")]
    [Access(Access.Anyone)]
    public static IResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throw")] HttpRequest request) =>
        throw new InvalidOperationException($"on purpose, {request.Path}");

    [Function("probe-no-content")]
    [Access(Access.Anyone)]
    public static IResult NoContent([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "no-content")] HttpRequest request) =>
        Results.NoContent();

    [Function("probe-key")]
    [Access(Access.Anyone)]
    public static IResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get", Route = "key")] HttpRequest request) => Results.Text("open");

    [Function("probe-admin")]
    [Access(Access.Anyone)]
    public static IResult Admin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "admin")] HttpRequest request) => Results.Text("open");

    [Function("probe-hang")]
    [Access(Access.Anyone)]
    public async Task<IResult> Hang([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hang")] HttpRequest request)
    {
        await using var left = request.HttpContext.RequestAborted.Register(signals.Aborted.SetResult);
        signals.Began.SetResult();
        await signals.Aborted.Task;
        return Results.Ok();
    }
}
