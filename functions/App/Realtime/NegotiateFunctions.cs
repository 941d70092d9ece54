using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Realtime;

/// <summary>Lets clients of the SignalR protocol connect: their connection is given this API's address, and asks here where to go.</summary>
public sealed class NegotiateFunctions(IRealtime realtime, RealtimeRegions regions)
{
    [Function("realtime-negotiate")]
    [Access(Access.Users)]
    [Idempotent]
    [Operation("Tells where to connect for pushes", Description = "The SignalR protocol's negotiation: a client connects with withUrl(\"…/api\") and follows the answer.")]
    [Answer(200, "Where, with what token, and in which region: heartbeats name it", "application/json", Schema = typeof(NegotiateAnswer))]
    public async Task<IResult> Negotiate([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "negotiate")] HttpRequest request)
    {
        var (url, token) = await realtime.NegotiateAsync(Caller.Of(request.HttpContext)!.Id, request.HttpContext.RequestAborted);
        return Results.Json(new NegotiateAnswer(url, token, regions.Here));
    }

    private sealed record NegotiateAnswer(string Url, string AccessToken, string Region);
}
