using Microsoft.Playwright;
using Serverless.Local.Chat;
using Serverless.Local.Head;
using Serverless.Local.Page;
using Serverless.Tests.Chat;
using Serverless.Tests.Page;

[assembly: AssemblyFixture(typeof(PageRig))]

namespace Serverless.Tests.Page;

/// <summary>A browser, and a head of the shared cloud that serves the page. Started by the first test that needs it.</summary>
public sealed class PageRig : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private CloudHead? _head;
    private bool _hasEnded;

    /// <summary>Where the page is.</summary>
    internal Uri Address => _head!.Address;

    internal IBrowser Browser { get; private set; } = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal async Task StartAsync(SharedCloud cloud)
    {
        await _starting.WaitAsync(Cancelled);
        try
        {
            if (_head is not null)
                return;
            await PageBuild.EnsureAsync(null, TimeProvider.System, Cancelled);
            _playwright = await Playwright.CreateAsync();
            Browser = await Chromium.LaunchAsync(_playwright, Cancelled);
            _head = await HeadAsync(cloud);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>One more head of the cloud, for those who kill it.</summary>
    internal static Task<CloudHead> HeadAsync(SharedCloud cloud, int port = 0) => CloudHead.JoinAsync(cloud.Cloud.Addresses, cloud.Cloud.Regions[0], port, cloud.Folder, Cancelled);

    /// <summary>The same person over HTTP.</summary>
    internal Task<ChatApi> ApiAsync(Visitor visitor) => ChatApi.SignInAsync(Address, visitor.User, Cancelled);

    /// <summary>The room of two people, who have met.</summary>
    internal async Task<string> MeetAsync(Visitor one, Visitor other)
    {
        using var first = await ApiAsync(one);
        using var second = await ApiAsync(other);
        await ChatPeople.MeetAsync(first, second);
        using var answer = await first.PutAsync($"rooms/{ChatPeople.NewRoom()}", new { with = other.User }, Cancelled);
        return (await ChatPeople.JsonAsync(answer, System.Net.HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    /// <summary>A name that nobody has used.</summary>
    internal static string NewUser(string name) => $"{name}-{Guid.CreateVersion7().ToString("n")[18..]}";

    /// <summary>Ends it; once more does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hasEnded, true))
            return;
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
        if (_head is not null)
            await _head.DisposeAsync();
        _starting.Dispose();
    }
}
