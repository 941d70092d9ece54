using Serverless.Tests.Http;

namespace Serverless.Tests.Ids;

public class IdsBadInputTests(SharedCloud cloud)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("count=0", "bad-count")]
    [InlineData("count=10001", "bad-count")]
    [InlineData("count=-1", "bad-count")]
    [InlineData("count=ten", "bad-count")]
    [InlineData("count=", "bad-count")]
    [InlineData("count", "bad-count")]
    [InlineData("count=1.0", "bad-count")]
    [InlineData("count=%2B1", "bad-count")]
    [InlineData("count=%201", "bad-count")]
    [InlineData("count=1e3", "bad-count")]
    [InlineData("count=%D9%A1", "bad-count")]
    [InlineData("count=99999999999999999999", "bad-count")]
    [InlineData("count=1&count=1", "bad-count")]
    [InlineData("strategy=", "bad-strategy")]
    [InlineData("strategy=Snowflake", "bad-strategy")]
    [InlineData("strategy=uuid1", "bad-strategy")]
    [InlineData("strategy=0", "bad-strategy")]
    [InlineData("strategy=uuid4&strategy=uuid7", "bad-strategy")]
    [InlineData("name=a", "bad-name")]
    [InlineData("strategy=uuid7&name=a", "bad-name")]
    [InlineData("strategy=ticket&name=", "bad-name")]
    [InlineData("strategy=ticket&name=a/b", "bad-name")]
    [InlineData("strategy=ticket&name=%C3%A9", "bad-name")]
    [InlineData("strategy=multimaster&name=a&name=b", "bad-name")]
    [InlineData("strategy=ticket&name=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bad-name")]
    public async Task A_request_that_cannot_be_understood_is_told_why(string query, string type) =>
        await AssertProblem.IsAsync(await cloud.Service.PostAsync(new Uri($"api/ids?{query}", UriKind.Relative), null, Cancelled), 400, type);

    [Theory]
    [InlineData("0")]
    [InlineData("007")]
    [InlineData("-1")]
    [InlineData("%2B1")]
    [InlineData("1%20")]
    [InlineData("1.0")]
    [InlineData("abc")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    [InlineData("%D9%A1%D9%A2")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("c232ab00-9414-11ec-b3c8-9f6bdeced846")]
    [InlineData("017f22e2-79b0-7cc3-18c4-dc0c0c07398f")]
    [InlineData("%7B017f22e2-79b0-7cc3-98c4-dc0c0c07398f%7D")]
    [InlineData("017f22e279b07cc398c4dc0c0c07398f")]
    [InlineData("017f22e2-79b0-7cc3-98c4-dc0c0c07398")]
    [InlineData("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0")]
    public async Task A_text_that_is_no_id_is_told_so(string id) =>
        await AssertProblem.IsAsync(await cloud.Service.GetAsync(new Uri($"api/ids/{id}", UriKind.Relative), Cancelled), 400, "bad-id");

    [Theory]
    [InlineData("GET", "api/ids")]
    [InlineData("PUT", "api/ids")]
    [InlineData("POST", "api/ids/7")]
    public async Task A_wrong_method_is_refused(string method, string path) =>
        await AssertProblem.IsAsync(await cloud.Service.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancelled), 405, "method-not-allowed");
}
