using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;
using Serverless.Http;
using Serverless.Tests.Kv;

namespace Serverless.Tests.Contracts;

/// <summary>openapi.json describes exactly what the app answers.</summary>
public class OpenApiTests(SharedCloud cloud)
{
    [Fact]
    public async Task The_document_is_open_to_everyone_and_valid()
    {
        var answer = await cloud.Nobody.GetAsync(new Uri("api/openapi.json", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((200, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var (document, diagnostic) = OpenApiDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "json");
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic!.SpecificationVersion);
        Assert.Empty(diagnostic.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.NotNull(document);
    }

    [Fact]
    public async Task Its_paths_and_methods_are_those_of_the_functions()
    {
        var described = (await OperationsAsync()).Select(o => $"{o.Method} {o.Path}");
        var mapped = AppFunctions.Http.Where(m => !AppFunctions.IsCatchAll(m)).SelectMany(m =>
            AppFunctions.TriggerOf<HttpTriggerAttribute>(m).Methods!.Select(verb => $"{verb.ToUpperInvariant()} /api/{AppFunctions.RouteOf(m)}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_and_answers()
    {
        var operations = await OperationsAsync();
        Assert.Distinct(operations.Select(o => o.Operation.OperationId));
        Assert.All(operations, o =>
        {
            Assert.False(string.IsNullOrWhiteSpace(o.Operation.Summary), o.Path);
            Assert.Contains(o.Operation.Responses!.Keys, status => status.StartsWith('2'));
            Assert.All(o.Operation.Responses!.Where(r => r.Key[0] is '4' && r.Value.Content?.Count > 0), r =>
                Assert.Equal(["application/problem+json"], r.Value.Content!.Keys));
        });
    }

    [Fact]
    public async Task Every_part_of_a_path_is_described() => Assert.All(await OperationsAsync(), o => Assert.Equal(
        o.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')).Order(StringComparer.Ordinal),
        (o.Operation.Parameters ?? []).Where(p => p.In == ParameterLocation.Path).Select(p => p.Name!).Order(StringComparer.Ordinal)));

    [Fact]
    public async Task What_is_not_open_to_everyone_names_its_credentials_and_refusals()
    {
        var access = AccessTable.Of(typeof(ServerlessApp).Assembly);
        Assert.All(await OperationsAsync(), o =>
        {
            var open = access[AppFunctions.NameOf(FunctionOf(o.Method, o.Path))] == Access.Anyone;
            Assert.Equal(open, o.Operation.Security is not { Count: > 0 });
            Assert.Equal(!open, o.Operation.Responses!.ContainsKey("401"));
            Assert.Equal(!open, o.Operation.Responses!.ContainsKey("403"));
        });
    }

    [Fact]
    public async Task What_creates_takes_a_key_and_says_how_it_is_refused() => Assert.All(await OperationsAsync(), o =>
    {
        var creates = AppFunctions.Creates(FunctionOf(o.Method, o.Path));
        Assert.Equal(creates, (o.Operation.Parameters ?? []).Any(p => (p.In, p.Name) == (ParameterLocation.Header, "Idempotency-Key")));
        if (!creates)
            return;
        (string Status, string Type)[] refusals =
        [
            ("400", "bad-idempotency-key"), ("409", "idempotency-in-flight"), ("409", "idempotency-result-too-large"), ("413", "too-large"), ("422", "idempotency-key-reused"), ("503", "no-quorum"),
        ];
        Assert.All(refusals, refusal => Assert.Contains(refusal.Type, o.Operation.Responses![refusal.Status].Description, StringComparison.Ordinal));
    });

    [Fact]
    public async Task Every_refusal_of_a_key_is_described()
    {
        var operations = (await OperationsAsync()).Where(o => o.Path == "/api/kv/{key}").ToDictionary(o => o.Method, o => o.Operation.Responses!);
        Assert.All(
            BadRequest.All().Where(bad => bad.Path.StartsWith("KEY", StringComparison.Ordinal) && bad.Status != 405),
            bad => Assert.Contains(bad.Status == 400 ? bad.Type : "", operations[bad.Method][$"{bad.Status}"].Description, StringComparison.Ordinal));
    }

    // A 503 that is no problem says so; the answer to a probe is the report either way.
    [Fact]
    public async Task An_unhealthy_answer_is_described_as_the_report_it_is()
    {
        var health = (await OperationsAsync()).Single(o => (o.Method, o.Path) == ("GET", "/api/health"));
        Assert.Equal(["application/json"], health.Operation.Responses!["503"].Content!.Keys);
    }

    private static MethodInfo FunctionOf(string method, string path) => AppFunctions.Http.Single(m =>
        $"/api/{AppFunctions.RouteOf(m)}" == path
        && AppFunctions.TriggerOf<HttpTriggerAttribute>(m).Methods!.Contains(method, StringComparer.OrdinalIgnoreCase));

    private async Task<List<(string Method, string Path, OpenApiOperation Operation)>> OperationsAsync()
    {
        var json = await cloud.Nobody.GetStringAsync(new Uri("api/openapi.json", UriKind.Relative), TestContext.Current.CancellationToken);
        return [.. OpenApiDocument.Parse(json, "json").Document!.Paths.SelectMany(
            path => path.Value.Operations!.Select(o => (o.Key.Method, path.Key, o.Value)))];
    }
}
