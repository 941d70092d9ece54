using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Http;

namespace Serverless.Tests.Http;

public class BoundedBodyTests
{
    // With and without Content-Length, in pieces of one byte, of an odd size and whole.
    public static TheoryData<int, bool, int> Bodies => new MatrixTheoryData<int, bool, int>([0, 1, 4095, 4096, 4097, 10_000], [true, false], [1, 1000, int.MaxValue]);

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_up_to_the_limit_is_read_whole(int length, bool announced, int piece)
    {
        var (request, body) = Request(length, announced, piece);
        Assert.Equal(body.Bytes, await BoundedBody.ReadAsync(request, length));
        Assert.Equal(body.Bytes, await BoundedBody.ReadAsync(Request(length, announced, piece).Request, length + 1));
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_over_the_limit_is_refused_and_read_to_its_end(int length, bool announced, int piece)
    {
        var (request, body) = Request(length + 1, announced, piece);
        Assert.Null(await BoundedBody.ReadAsync(request, length));
        Assert.Equal((length + 1, true), (body.Taken, body.AtEnd));
    }

    [Fact]
    public async Task A_body_that_says_less_than_it_sends_is_bounded_all_the_same()
    {
        var (request, _) = Request(101, false, 10);
        request.ContentLength = 5;
        Assert.Null(await BoundedBody.ReadAsync(request, 100));
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        var (request, body) = Request(int.MaxValue, false, int.MaxValue);
        var lifetime = new AbortedConnection();
        request.HttpContext.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        Assert.Null(await BoundedBody.ReadAsync(request, 1024 * 1024));
        Assert.True(lifetime.IsAborted);
        Assert.False(body.AtEnd);
    }

    private static (HttpRequest Request, PiecewiseBody Body) Request(int length, bool announced, int piece)
    {
        var body = new PiecewiseBody(length, piece);
        var request = new DefaultHttpContext().Request;
        request.Body = body;
        request.ContentLength = announced ? length : null;
        return (request, body);
    }
}
