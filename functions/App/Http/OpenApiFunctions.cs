using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;

namespace Serverless.Http;

public sealed class OpenApiFunctions
{
    private static readonly Lazy<Task<string>> Document = new(
        async () => ApiSchemas.AddTo(await ApiDocument.Of(typeof(OpenApiFunctions).Assembly, "api").SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1), typeof(OpenApiFunctions).Assembly));

    [Function("openapi")]
    [Access(Access.Anyone)]
    [Operation("This document")]
    [Answer(200, "The API as OpenAPI 3.1", "application/json")]
    public static async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        Results.Text(await Document.Value, "application/json");
}
