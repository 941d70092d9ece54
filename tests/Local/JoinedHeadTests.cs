using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Local.Host;

namespace Serverless.Tests.Local;

/// <summary>A second head on a cloud that another supervises.</summary>
public sealed class JoinedHeadTests(SharedCloud shared) : IAsyncLifetime
{
    private const string Region = "local-3";

    private CloudHead _head = null!;
    private HttpClient _service = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _head = await CloudHead.JoinAsync(shared.Cloud.Addresses, Region, 0, shared.Folder, Cancelled);
        _service = SharedCloud.AsService(_head.Address);
    }

    [Fact]
    public async Task What_one_head_wrote_the_other_reads()
    {
        var key = new Uri("api/kv/joined-head", UriKind.Relative);
        using var written = await _service.PutAsync(key, new StringContent("hello"), Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);

        Assert.Equal("hello", await shared.Service.GetStringAsync(key, Cancelled));
    }

    [Fact]
    public async Task It_runs_in_its_region_on_the_same_cluster()
    {
        var cluster = new Uri("api/cluster", UriKind.Relative);
        var here = await _service.GetFromJsonAsync<JsonElement>(cluster, Cancelled);
        var there = await shared.Service.GetFromJsonAsync<JsonElement>(cluster, Cancelled);

        Assert.Equal((Region, "local-1"), (here.GetProperty("region").GetString(), there.GetProperty("region").GetString()));
        Assert.Equal(Incarnations(there), Incarnations(here));
    }

    [Fact]
    public async Task A_token_of_one_head_holds_at_the_other()
    {
        using var operatorThere = await shared.AsUserAsync("olga", "operator");
        using var operatorHere = new HttpClient { BaseAddress = _head.Address };
        operatorHere.DefaultRequestHeaders.Authorization = operatorThere.DefaultRequestHeaders.Authorization;
        Assert.Equal(HttpStatusCode.OK, (await operatorHere.GetAsync(new Uri("api/cluster", UriKind.Relative), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Only_the_head_that_supervises_can_kill_a_region()
    {
        using var answer = await _service.PostAsync(new Uri($"api/dev/regions/{Region}/kill", UriKind.Relative), null, Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.NotNull(shared.Cloud.ProcessId(Region));
    }

    [Fact]
    public async Task Its_timers_are_those_of_its_region_s_account()
    {
        var table = new Azure.Data.Tables.TableClient(shared.Cloud.StorageConnectionString(Region), TimerTable.Name);

        await Eventually.HoldsAsync(
            async () => (await table.GetEntityIfExistsAsync<Azure.Data.Tables.TableEntity>("timer", "replication-refill", cancellationToken: Cancelled)).HasValue,
            "the state of a timer is there");
    }

    [Fact]
    public async Task A_cloud_described_with_too_few_regions_is_refused_in_a_sentence()
    {
        var fewer = new CloudAddresses([.. shared.Cloud.Regions.Take(2).Select(shared.Cloud.Addresses.Layout)]);

        var refusal = await Assert.ThrowsAsync<LocalCloudException>(() => CloudHead.JoinAsync(fewer, fewer.Regions[0], 0, shared.Folder, Cancelled));

        Assert.Contains("--regions", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_the_key_of_a_cloud_is_refused_in_a_sentence()
    {
        using var folder = new CloudFolder();

        var refusal = await Assert.ThrowsAsync<LocalCloudException>(
            () => CloudHead.JoinAsync(shared.Cloud.Addresses, Region, 0, folder.Path, Cancelled));

        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _service.Dispose();
        await _head.DisposeAsync();
    }

    private static IEnumerable<string> Incarnations(JsonElement cluster) =>
        cluster.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("incarnation").GetString()!);
}
