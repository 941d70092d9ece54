using System.Text;
using Serverless.Tests.Http;

namespace Serverless.Tests.Limits;

public class LimitsBadInputTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"cost":-1}""", 400, "bad-cost")]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"cost":1.5}""", 400, "bad-cost")]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"cost":"1"}""", 400, "bad-cost")]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"cost":1000000001}""", 400, "bad-cost")]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"cost":6}""", 422, "cost-above-limit")]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"dryRun":1}""", 400, "bad-dry-run")]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"seconds":0}""", 400, "bad-seconds")]
    [InlineData("""{"descriptors":[{"key":"user","value":"u"}],"hits":1}""", 400, "bad-request")]
    [InlineData("""{"descriptors":[]}""", 400, "bad-descriptors")]
    [InlineData("""{"descriptors":[{"key":"user"}]}""", 400, "bad-descriptors")]
    [InlineData("""{"descriptors":[{"key":"user","value":1}]}""", 400, "bad-descriptors")]
    [InlineData("""{"descriptors":[{"key":"u ser","value":"u"}]}""", 400, "bad-descriptors")]
    [InlineData("""{"descriptors":[{"entries":[]}]}""", 400, "bad-descriptors")]
    [InlineData("""{"descriptors":"user"}""", 400, "bad-descriptors")]
    [InlineData("""{"cost":1}""", 400, "bad-descriptors")]
    [InlineData("""[]""", 400, "bad-json")]
    [InlineData("""{"cost":1,"cost":1}""", 400, "bad-json")]
    [InlineData("""{"cost":""", 400, "bad-json")]
    public async Task A_check_that_cannot_be_understood_is_told_why_and_uses_nothing(string body, int status, string type)
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 5");
        await AssertProblem.IsAsync(await cloud.Service.PostAsync(LimitsClient.Path(domain, "check"), Content(body), Cancelled), status, type);
        Assert.True((await cloud.Service.CheckAsync(domain, "u", cost: 5)).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("a%20b")]
    public async Task A_domain_without_rules_is_unknown(string domain)
    {
        await AssertProblem.IsAsync(await cloud.Service.CheckAsync(domain, "u"), 404, "unknown-domain");
    }

    [Theory]
    [InlineData("""{"reservation":"x","used":1}""", "bad-reservation")]
    [InlineData("""{"used":1}""", "bad-reservation")]
    [InlineData("""{"reservation":"0123456789abcdef~ZHxhPWI","used":-1}""", "bad-used")]
    [InlineData("""{"reservation":"0123456789abcdef~ZHxhPWI","used":1}""", "bad-reservation")]
    [InlineData("""{"reservation":"-","used":1,"more":1}""", "bad-request")]
    public async Task A_settlement_that_cannot_be_understood_is_told_why(string body, string type) =>
        await AssertProblem.IsAsync(await cloud.Service.PostAsync(LimitsClient.Path("test", "settle"), Content(body), Cancelled), 400, type);

    [Fact]
    public async Task Malformed_rules_leave_the_old_ones_in_force()
    {
        var domain = await cloud.Service.DomainAsync("unit: hour, requests_per_unit: 5");
        var problem = await AssertProblem.IsAsync(await cloud.Service.PutRulesAsync(domain, $"domain: {domain}\ndescriptors:\n  - key: user\n    rate_limit:\n      unit: hour\n      requests_per_unit: many\n"), 400, "bad-rules");
        Assert.Equal(6, problem.GetProperty("errors")[0].GetProperty("line").GetInt32());
        Assert.True((await cloud.Service.CheckAsync(domain, "u", cost: 5)).IsSuccessStatusCode);
    }

    private static StringContent Content(string body) => new(body, Encoding.UTF8, "application/json");
}
