using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serverless.Kv;
using Serverless.Replication;
using Version = Serverless.Replication.Version;

namespace Serverless.Tests.Kv;

public class SiblingsResultTests
{
    // RFC 2046, 5.1.1: at most 70 characters.
    [Fact]
    public async Task The_boundary_is_short_enough_however_long_the_dots_are()
    {
        var worn = new Actor(ulong.MaxValue, ulong.MaxValue);
        Assert.InRange((await BoundaryAsync(Of(worn, ulong.MaxValue - 1, "a"), Of(worn, ulong.MaxValue, "b"))).Length, 1, 70);
    }

    [Fact]
    public async Task The_boundary_depends_on_the_values()
    {
        var actor = new Actor(1, 1);
        Assert.NotEqual(
            await BoundaryAsync(Of(actor, 1, "a"), Of(actor, 2, "b"), Of(actor, 3, "c")),
            await BoundaryAsync(Of(actor, 1, "a"), Of(actor, 2, "B"), Of(actor, 3, "c")));
    }

    private static Version Of(Actor actor, ulong counter, string text) =>
        new(new Dot(actor, counter), counter, DateTimeOffset.UnixEpoch, "text/plain", text.Length, Encoding.ASCII.GetBytes(text));

    private static async Task<string> BoundaryAsync(params Version[] versions)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Accept = "multipart/mixed";
        await new SiblingsResult([.. versions]).ExecuteAsync(http);
        return MediaTypeHeaderValue.Parse(http.Response.ContentType).Boundary.ToString();
    }
}
