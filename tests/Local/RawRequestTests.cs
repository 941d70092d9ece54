using System.Text;

namespace Serverless.Tests.Local;

/// <summary>Requests as bytes, with the answers that the real Functions host gives to the same app.</summary>
public class RawRequestTests(ProbeHead head) : IClassFixture<ProbeHead>
{
    private const string NoFunction = "urn:serverless:problem:not-found";
    private const string WrongMethod = "urn:serverless:problem:method-not-allowed";

    [Theory]
    [InlineData("a plain key", "GET /api/echo/plain HTTP/1.1", 200, "GET plain")]
    [InlineData("Korean", "GET /api/echo/%ED%95%9C%EA%B8%80 HTTP/1.1", 200, "GET 한글")]
    [InlineData("an emoji", "GET /api/echo/%F0%9F%98%80 HTTP/1.1", 200, "GET 😀")]
    [InlineData("a space", "GET /api/echo/a%20b HTTP/1.1", 200, "GET a b")]
    [InlineData("a plus stays a plus", "GET /api/echo/a+b HTTP/1.1", 200, "GET a+b")]
    [InlineData("a slash stays encoded", "GET /api/echo/a%2Fb HTTP/1.1", 200, "GET a%2Fb")]
    [InlineData("a doubly encoded slash looks the same", "GET /api/echo/a%252Fb HTTP/1.1", 200, "GET a%2Fb")]
    [InlineData("signs with a meaning", "GET /api/echo/%23%3F%25%5C HTTP/1.1", 200, "GET #?%\\")]
    [InlineData("a trailing slash", "GET /api/echo/a/ HTTP/1.1", 200, "GET a")]
    [InlineData("any case", "GET /API/Echo/MiXed HTTP/1.1", 200, "GET MiXed")]
    [InlineData("another declared method", "PUT /api/echo/a HTTP/1.1\nContent-Length: 0", 200, "PUT a")]
    [InlineData("the name as route", "GET /api/probe-any HTTP/1.1", 200, "any GET 1")]
    [InlineData("a new instance for each call", "GET /api/probe-any HTTP/1.1", 200, "any GET 1")]
    [InlineData("no list of methods means all", "TRACE /api/probe-any HTTP/1.1", 200, "any TRACE 1")]
    [InlineData("declared HEAD", "HEAD /api/head HTTP/1.1", 200, "")]
    [InlineData("declared OPTIONS", "OPTIONS /api/options HTTP/1.1", 200, "OPTIONS")]
    [InlineData("an optional segment left out", "GET /api/query HTTP/1.1", 200, "id=none empty= probe-query True")]
    [InlineData("an optional segment given", "GET /api/query/7 HTTP/1.1", 200, "id=7 empty= probe-query True")]
    [InlineData("an empty value", "GET /api/query?empty= HTTP/1.1", 200, "id=none empty= probe-query True")]
    [InlineData("the query binds nothing", "GET /api/query/7?id=8&request=x&context=y&cancel=z HTTP/1.1", 200, "id=7 empty= probe-query True")]
    [InlineData("a constraint that holds", "GET /api/int/12 HTTP/1.1", 200, "GET 12")]
    [InlineData("a constraint that does not", "GET /api/int/twelve HTTP/1.1", 404, NoFunction)]
    [InlineData("that with a wrong method", "PUT /api/int/twelve HTTP/1.1\nContent-Length: 0", 404, NoFunction)]
    [InlineData("an empty route value", "GET /api/echo/ HTTP/1.1", 404, NoFunction)]
    [InlineData("one segment too many", "GET /api/echo/a/b HTTP/1.1", 404, NoFunction)]
    [InlineData("unknown route", "GET /api/nothing HTTP/1.1", 404, NoFunction)]
    [InlineData("the bare prefix", "GET /api HTTP/1.1", 404, NoFunction)]
    [InlineData("a path in the query", "GET /api?path=head HTTP/1.1", 404, NoFunction)]
    [InlineData("wrong method", "DELETE /api/echo/a HTTP/1.1", 405, WrongMethod)]
    [InlineData("undeclared HEAD", "HEAD /api/echo/a HTTP/1.1", 405, "")]
    [InlineData("undeclared OPTIONS", "OPTIONS /api/echo/a HTTP/1.1", 405, WrongMethod)]
    [InlineData("a method nobody knows", "BREW /api/echo/a HTTP/1.1", 404, "")]
    [InlineData("outside the prefix", "GET / HTTP/1.1", 404, "")]
    [InlineData("an exception", "GET /api/throw HTTP/1.1", 500, null)]
    [InlineData("no content", "DELETE /api/no-content HTTP/1.1", 204, "")]
    [InlineData("no key", "GET /api/key HTTP/1.1", 401, "")]
    [InlineData("a wrong key", "GET /api/key HTTP/1.1\nx-functions-key: of-nothing", 401, "")]
    [InlineData("the function's key", "GET /api/key HTTP/1.1\nx-functions-key: of-the-function", 200, "open")]
    [InlineData("the host's key in the query", "GET /api/key?code=of-all-functions HTTP/1.1", 200, "open")]
    [InlineData("the master key", "GET /api/key?code=of-the-master HTTP/1.1", 200, "open")]
    [InlineData("a host key is no admin", "GET /api/admin?code=of-all-functions HTTP/1.1", 401, "")]
    [InlineData("the master is", "GET /api/admin?code=of-the-master HTTP/1.1", 200, "open")]
    public async Task A_request_is_answered_as_the_real_host_answers_it(string what, string request, int status, string? body)
    {
        var answer = await RawHttp.SendAsync(head.Port, request);

        Assert.True(status == answer.Status, $"{what}: {answer.Status} instead of {status}: {answer.Body}");
        if (body is NoFunction or WrongMethod)
            Assert.Contains($"\"{body}\"", answer.Body, StringComparison.Ordinal);
        else if (body is not null)
            Assert.Equal(body, answer.Body);
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        var answer = await RawHttp.SendAsync(head.Port, "POST /api/echo/a%2Fb HTTP/1.1\nContent-Length: 0");

        Assert.Equal("GET, PUT", answer.Headers["Allow"]);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"].Split(';')[0]);
    }

    [Fact]
    public async Task A_chunked_body_arrives_whole()
    {
        var body = Encoding.ASCII.GetBytes("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");

        var answer = await RawHttp.SendAsync(head.Port, "POST /api/count HTTP/1.1\nTransfer-Encoding: chunked", body);

        Assert.Equal("11", answer.Body);
    }

    [Fact]
    public async Task A_body_over_30_MB_arrives_whole()
    {
        var body = new byte[32 * 1024 * 1024];

        var answer = await RawHttp.SendAsync(head.Port, $"POST /api/count HTTP/1.1\nContent-Length: {body.Length}", body);

        Assert.Equal($"{body.Length}", answer.Body);
    }

    [Fact]
    public async Task A_function_hears_that_its_client_left()
    {
        using (await RawHttp.OpenAsync(head.Port, "GET /api/hang HTTP/1.1"))
            await head.Signals.Began.Task.WaitAsync(TestContext.Current.CancellationToken);

        await head.Signals.Aborted.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
