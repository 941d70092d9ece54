using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Capacity;

/// <summary>Estimates over HTTP.</summary>
public sealed class CapacityFunctions(ReferenceBook references, Estimator estimator)
{
    private const int MostBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Function("capacity-references")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Gives what estimates rest on", Description = "Powers of two, latency numbers, the nines, and Azure's promises, limits and list prices, each with its source.")]
    [Answer(200, "The data", "application/json", Schema = typeof(ReferenceBook))]
    public IResult References([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "capacity/references")] HttpRequest request) => Results.Json(references, Json);

    [Function("capacity-estimate")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Estimates a load", Description = "Requests, storage, bandwidth, nodes, queues, connections, instances, cost and availability, each figure with its formula; how far each limit is away, and what the "
        + "template is to be told. Nothing is stored.")]
    [Body("application/json", "{\"users\": {\"monthly\": 300000000, \"dailyShare\": 0.5}, \"services\": {\"posts\": {\"actionsPerUserPerDay\": 2, \"bytesPerItem\": 204, \"readsPerWrite\": 10, \"mediaShare\": 0.1, "
        + "\"mediaBytes\": 1000000}}, \"peakFactor\": 2, \"retentionYears\": 5, \"copies\": 3, \"regions\": [{\"location\": \"koreacentral\", \"role\": \"stamp\", \"zones\": true}], \"frontDoor\": \"standard\", "
        + "\"isolated\": false, \"signalR\": \"standard\", \"name\": \"svplan\"}; users may be {\"daily\": 150000000}; services are posts, kv, chat (with connectedShare and readers), notifications (with batch), ids and limits")]
    [Answer(200, "The estimate", "application/json", Schema = typeof(Estimate))]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    public async Task<IResult> Estimate([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "capacity/estimate")] HttpRequest request)
    {
        var (load, refusal) = await ReadBody.AsAsync(request, MostBytes, LoadReader.Read);
        return load is null ? refusal! : Results.Json(estimator.Of(load), Json);
    }
}
