using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Realtime;

/// <summary>Lets clients of the SignalR protocol connect: their connection is given this API's address, and asks here where to go.</summary>
public sealed class NegotiateFunctions(IRealtime realtime)
{
    [Function("realtime-negotiate")]
    [Access(Access.Users)]
    [Idempotent]
    [Operation("Tells where to connect for pushes", Description = "The SignalR protocol's negotiation: a client connects with withUrl(\"…/api\") and follows the answer.")]
    [Answer(200, "url and accessToken", "application/json")]
    public async Task<IResult> Negotiate([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "negotiate")] HttpRequest request) =>
        Results.Json(await realtime.NegotiateAsync(Caller.Of(request.HttpContext)!.Id, request.HttpContext.RequestAborted));
}
