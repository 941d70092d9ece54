using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

public class LimitRulesAnswerTests
{
    public static TheoryData<StoredRulesRead> Reads => [StoredRulesRead.Unavailable.Instance, StoredRulesRead.Unreadable.Instance];

    [Theory]
    [MemberData(nameof(Reads), DisableDiscoveryEnumeration = true)]
    public Task Rules_out_of_reach_are_to_be_asked_for_again(StoredRulesRead read) =>
        IsUnavailableAsync(http => LimitRulesAnswers.Of("d", read, http.Request));

    [Fact]
    public Task A_change_without_quorum_is_to_be_looked_at_before_it_is_repeated() =>
        IsUnavailableAsync(http => LimitRulesAnswers.Of(RulesText.Rules("domain: d\ndescriptors: []"), StoredRulesWrite.Unavailable.Instance, http.Request));

    private static async Task IsUnavailableAsync(Func<HttpContext, IResult> answer)
    {
        await using var services = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services, Response = { Body = new MemoryStream() } };
        await answer(http).ExecuteAsync(http);

        http.Response.Body.Position = 0;
        var problem = await JsonSerializer.DeserializeAsync<JsonElement>(http.Response.Body, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            (503, "urn:serverless:problem:rules-unavailable", "1"),
            (http.Response.StatusCode, problem.GetProperty("type").GetString(), (string?)http.Response.Headers.RetryAfter));
    }
}
