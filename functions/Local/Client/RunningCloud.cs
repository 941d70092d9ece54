using System.Net;
using System.Text.Json;
using Serverless.Local.Cloud;
using Serverless.Local.FrontDoor;
using Serverless.Local.Head;

namespace Serverless.Local.Client;

/// <summary>A cloud that runs already, as its API shows it.</summary>
internal sealed class RunningCloud : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // A move waits for nobody longer than this: something it needs does not answer.
    private static readonly TimeSpan MoveLimit = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;

    public RunningCloud(Uri address, TimeProvider clock)
    {
        _clock = clock;
        _http = new HttpClient { BaseAddress = new Uri(address, "api/"), Timeout = TimeSpan.FromSeconds(20) };
        _http.DefaultRequestHeaders.Add("X-App-Key", CloudHead.AppKey);
        _http.DefaultRequestHeaders.Add("X-App-Secret", CloudHead.AppSecret);
    }

    /// <summary>Whether one runs there.</summary>
    public async Task<bool> AnswersAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), _clock);
        try
        {
            using var answer = await _http.GetAsync(Relative("health/live"), limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>The regions as its front door sees them; null when it has none.</summary>
    public async Task<RegionStates?> RegionsAsync()
    {
        using var answer = await _http.GetAsync(Relative("dev/regions"));
        return await RegionStates.OfAsync(answer);
    }

    /// <summary>The same cloud at one of its heads, when it has a front door: each head takes a moment to hear what another did.</summary>
    public async Task<RunningCloud> AtOneHeadAsync()
    {
        if ((await RegionsAsync())?.Regions.FirstOrDefault(region => region.Well) is not { } region)
            return this;
        Dispose();
        return new RunningCloud(region.Head, _clock);
    }

    /// <summary>Lets nodes join or leave, one after the other, until every region has so many; the data moves while the cloud serves.</summary>
    /// <param name="nodes">In each region.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Stops; a move that has begun goes on without this.</param>
    /// <returns>How many joined or left.</returns>
    /// <exception cref="LocalCloudException">A step was refused, or did not end in time; the message says why in a sentence.</exception>
    public async Task<int> ReachAsync(int nodes, IProgress<string> progress, CancellationToken cancellationToken)
    {
        for (var moves = 0; ; moves++)
        {
            var ring = await SettledAsync(progress, cancellationToken);
            if (ring.Nodes.FirstOrDefault(region => region.Ids.Count != nodes) is not { Region: not null } region)
                return moves;

            using var answer = region.Ids.Count < nodes
                ? await _http.PostAsJsonAsync(Relative("cluster/nodes"), new { id = ring.Next(region.Region) }, cancellationToken)
                : await _http.DeleteAsync(Relative($"cluster/nodes/{region.Ids[^1]}"), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                await Task.Delay(Look, _clock, cancellationToken);
            else if (!answer.IsSuccessStatusCode)
                throw new LocalCloudException($"The ring of {region.Region} cannot change: {await DetailAsync(answer, cancellationToken)}");
        }
    }

    public void Dispose() => _http.Dispose();

    // Once no move is under way.
    private async Task<RingShape> SettledAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        var (last, startedAt) = (default(RingMove), _clock.GetTimestamp());
        while (true)
        {
            var ring = await RingAsync(cancellationToken);
            if (ring.Move is not { } move)
                return ring;
            if (move != last)
                progress.Report((last = move).ToString());
            if (_clock.GetElapsedTime(startedAt) > MoveLimit)
                throw new LocalCloudException($"The move goes on, but has not ended in {MoveLimit.TotalMinutes:0} minutes: {move}.");
            await Task.Delay(Look, _clock, cancellationToken);
        }
    }

    private async Task<RingShape> RingAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(Relative("cluster"), cancellationToken);
        return answer.IsSuccessStatusCode
            ? RingShape.Of(await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken))
            : throw new LocalCloudException($"The cloud does not show its ring: {await DetailAsync(answer, cancellationToken)}");
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return problem.GetProperty("detail").GetString()!;
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);
}
