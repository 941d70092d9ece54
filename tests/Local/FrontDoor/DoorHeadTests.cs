using System.Net;
using Serverless.Local.Head;

namespace Serverless.Tests.Local.FrontDoor;

/// <summary>A head behind a front door: the page is there, pushes come from here.</summary>
public sealed class DoorHeadTests(SharedCloud shared) : IAsyncLifetime
{
    private const int DoorPort = 9;

    private CloudHead _head = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _head = await CloudHead.JoinAsync(shared.Cloud.Addresses, "local-2", 0, shared.Folder, TestContext.Current.CancellationToken, DoorPort);
        _client = new HttpClient { BaseAddress = _head.Address };
    }

    [Theory]
    [InlineData("http://127.0.0.1:9", true)]
    [InlineData("http://127.0.0.1:10", false)]
    [InlineData("http://elsewhere.example", false)]
    public async Task The_page_of_the_front_door_may_connect_to_its_hub_and_no_other_page(string page, bool may)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/hub/negotiate?negotiateVersion=1");
        preflight.Headers.Add("Origin", page);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");

        using var answer = await _client.SendAsync(preflight, TestContext.Current.CancellationToken);

        Assert.Equal(may, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) && allowed.Single() == page);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _head.DisposeAsync();
    }
}
