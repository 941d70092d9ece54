using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Tests;
using Serverless.Tests.Local;

[assembly: AssemblyFixture(typeof(SharedCloud))]

namespace Serverless.Tests;

/// <summary>One local cloud in memory with one head, for every test that needs the real thing and harms nobody's data: keys carry the test's own prefix. It ends before the tests that run alone.</summary>
public sealed class SharedCloud : IAsyncLifetime
{
    private readonly CloudFolder _folder = new();
    private bool _hasEnded;

    public LocalCloud Cloud { get; private set; } = null!;

    public CloudHead Head { get; private set; } = null!;

    /// <summary>Calls as the local service.</summary>
    public HttpClient Service { get; private set; } = null!;

    /// <summary>Calls without credentials.</summary>
    public HttpClient Nobody { get; private set; } = null!;

    /// <summary>The cloud's data folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>The private key of the development tokens, as PEM, for tokens that the head itself would never issue.</summary>
    public string IssuerKey => File.ReadAllText(Path.Combine(Folder, "issuer-key.pem"));

    /// <summary>Blobs, queues and tables that no head uses.</summary>
    public string Storage => Cloud.StorageConnectionString(Cloud.Regions[1]);

    /// <summary>The connection string of a storage that is not there: nothing listens on the discard port.</summary>
    public static string NoStorage =>
        "DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=bm9ib2R5;BlobEndpoint=http://127.0.0.1:9/nobody;QueueEndpoint=http://127.0.0.1:9/nobody;TableEndpoint=http://127.0.0.1:9/nobody";

    public async ValueTask InitializeAsync()
    {
        Cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        Head = await CloudHead.StartAsync(Cloud, 0, _folder.Path, CancellationToken.None);
        Nobody = new HttpClient { BaseAddress = Head.Address };
        Service = AsService(Head.Address);
    }

    public static HttpClient AsService(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Add("X-App-Key", CloudHead.AppKey);
        client.DefaultRequestHeaders.Add("X-App-Secret", CloudHead.AppSecret);
        return client;
    }

    /// <summary>A client with a development token.</summary>
    public async Task<HttpClient> AsUserAsync(string user, params string[] roles)
    {
        var answer = await Nobody.PostAsJsonAsync(new Uri("api/dev/token", UriKind.Relative), new { user, roles });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        var client = new HttpClient { BaseAddress = Head.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Ends it; once more does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hasEnded, true))
            return;
        Service.Dispose();
        Nobody.Dispose();
        await Head.DisposeAsync();
        await Cloud.DisposeAsync();
        _folder.Dispose();
    }
}
