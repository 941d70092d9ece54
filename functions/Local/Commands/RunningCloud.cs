using System.Globalization;
using System.Net;
using System.Text.Json;
using Serverless.Local.Cloud;
using Serverless.Local.Head;

namespace Serverless.Local.Commands;

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
            await SettleAsync(progress, cancellationToken);
            var regions = (await ClusterAsync(cancellationToken)).GetProperty("nodes").EnumerateArray()
                .GroupBy(node => node.GetProperty("region").GetString()!, node => node.GetProperty("id").GetString()!).OrderBy(region => region.Key, StringComparer.Ordinal);
            if (regions.FirstOrDefault(region => region.Count() != nodes) is not { } region)
                return moves;

            var ids = region.Order(StringComparer.Ordinal).ToList();
            using var answer = ids.Count < nodes
                ? await _http.PostAsJsonAsync(Relative("cluster/nodes"), new { id = Next(region.Key, ids) }, cancellationToken)
                : await _http.DeleteAsync(Relative($"cluster/nodes/{ids[^1]}"), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                await Task.Delay(Look, _clock, cancellationToken);
            else if (!answer.IsSuccessStatusCode)
                throw new LocalCloudException($"The ring of {region.Key} cannot change: {await DetailAsync(answer, cancellationToken)}");
        }
    }

    public void Dispose() => _http.Dispose();

    // Until no move is under way.
    private async Task SettleAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        var (last, startedAt) = ("", _clock.GetTimestamp());
        while ((await ClusterAsync(cancellationToken)).GetProperty("move") is { ValueKind: JsonValueKind.Object } move)
        {
            var line = Describe(move);
            if (line != last)
                progress.Report(last = line);
            if (_clock.GetElapsedTime(startedAt) > MoveLimit)
                throw new LocalCloudException($"The move goes on, but has not ended in {MoveLimit.TotalMinutes:0} minutes: {line}.");
            await Task.Delay(Look, _clock, cancellationToken);
        }
    }

    private async Task<JsonElement> ClusterAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(Relative("cluster"), cancellationToken);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
            : throw new LocalCloudException($"The cloud does not show its ring: {await DetailAsync(answer, cancellationToken)}");
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return problem.GetProperty("detail").GetString()!;
    }

    internal static string Describe(JsonElement move)
    {
        var (kind, node) = (move.GetProperty("kind").GetString(), move.GetProperty("node").GetString());
        var verb = kind switch { "join" => "joins", "leave" => "leaves", _ => "is reweighed" };
        var what = move.GetProperty("phase").GetString() == "joint" ? "copied and compared" : "dropped where they were";
        return string.Create(
            CultureInfo.InvariantCulture, $"{node} {verb}: {move.GetProperty("partitionsDone")} of {move.GetProperty("partitions")} partitions {what}");
    }

    private static string Next(string region, IReadOnlyList<string> ids) => Enumerable.Range(0, LocalCloudOptions.MaxNodes)
        .Select(i => string.Create(CultureInfo.InvariantCulture, $"{region}-{(char)('a' + i)}")).First(id => !ids.Contains(id));

    private static Uri Relative(string path) => new(path, UriKind.Relative);
}
