using System.Net.Http.Headers;
using System.Text;
using Serverless.Tests.Http;

namespace Serverless.Tests.Capacity;

public class CapacityBadInputTests(SharedCloud cloud)
{
    private static readonly Uri Estimate = new("api/capacity/estimate", UriKind.Relative);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Refused => BadLoads.All;

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_load_that_cannot_be_taken_is_told_which_field_and_why(string load, string field, string sentence)
    {
        var problem = await AssertProblem.IsAsync(await PostAsync(load), 400, "bad-field");
        Assert.Equal((field, $"{sentence} Nothing was stored."), (problem.GetProperty("field").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData("{", "bad-json")]
    [InlineData("[]", "bad-json")]
    [InlineData("{\"users\": {\"daily\": 1, \"daily\": 2}}", "bad-json")]
    public async Task A_body_that_is_no_object_is_told_so(string body, string type) => await AssertProblem.IsAsync(await PostAsync(body), 400, type);

    [Fact]
    public async Task A_body_of_another_type_or_beyond_64_KiB_is_refused()
    {
        await AssertProblem.IsAsync(await cloud.Service.PostAsync(Estimate, new StringContent("{}"), Cancelled), 415, "bad-content-type");
        await AssertProblem.IsAsync(await PostAsync($"{{\"name\": \"{new string('a', 64 * 1024)}\"}}"), 413, "too-large");
    }

    [Fact]
    public async Task Users_who_are_no_operators_may_not_ask()
    {
        using var user = await cloud.AsUserAsync("capacity-user");
        await AssertProblem.IsAsync(await user.GetAsync(new Uri("api/capacity/references", UriKind.Relative), Cancelled), 403, "forbidden");
        await AssertProblem.IsAsync(await cloud.Nobody.PostAsync(Estimate, new StringContent("{}"), Cancelled), 401, "unauthenticated");
    }

    private Task<HttpResponseMessage> PostAsync(string body) =>
        cloud.Service.PostAsync(Estimate, new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")), Cancelled);
}
