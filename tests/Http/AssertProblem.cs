using System.Net.Http.Json;
using System.Text.Json;

namespace Serverless.Tests.Http;

/// <summary>Checks that an answer is a problem as the contract has it (RFC 9457).</summary>
internal static class AssertProblem
{
    /// <returns>The problem, for its further members.</returns>
    public static async Task<JsonElement> IsAsync(HttpResponseMessage answer, int status, string type)
    {
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.NotEmpty(Assert.Single(answer.Headers.GetValues("X-Request-Id")));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal($"urn:serverless:problem:{type}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        return problem;
    }

    /// <summary>That it is a 400 bad-field which names this one.</summary>
    public static async Task NamesAsync(HttpResponseMessage answer, string field) => Assert.Equal(field, (await IsAsync(answer, 400, "bad-field")).GetProperty("field").GetString());
}
