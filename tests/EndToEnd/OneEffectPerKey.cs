using System.Net;
using System.Net.Http.Json;
using Serverless.Tests.Http;
using Serverless.Tests.Idempotency;
using Serverless.Tests.Limits;
using Serverless.Tests.Local;

namespace Serverless.Tests.EndToEnd;

/// <summary>Two heads in two regions on one storage, and clients that send each request to both at once.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class OneEffectPerKey : IDisposable
{
    private const int Keys = 50;
    private const int PerHead = 2;
    private const int Spare = 10;

    private readonly CloudFolder _folder = new();

    [Fact]
    public async Task A_key_sent_to_two_heads_at_once_takes_effect_once()
    {
        var port = LocalProcess.FreePort();
        await using var up = await LocalProcess.StartAsync(_folder.Path, port);
        await using var head = up.LaunchHead(2, port + 1);
        await head.ReadyAsync();
        HttpClient[] services = [up.Service, head.Service];
        var (tickets, domain) = (KeyedClient.Tickets(1), await up.Service.DomainAsync($"unit: hour, requests_per_unit: {Keys + Spare}, mode: exact"));
        var keys = Enumerable.Range(0, Keys).Select(_ => KeyedClient.NewKey()).ToList();

        // Tickets tell that all answers of a key are one, the limit that nothing else was used.
        var (numbers, inFlight, replays) = (new HashSet<string>(), 0, 0);
        foreach (var key in keys)
        {
            var answers = await Task.WhenAll(services.SelectMany(service => Enumerable.Repeat(service, PerHead)).SelectMany(service =>
                new[] { service.PostKeyedAsync(tickets, key), service.PostKeyedAsync($"api/limits/{domain}/check", key, Check()) }));
            Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
            var refused = answers.Where(answer => answer.StatusCode == HttpStatusCode.Conflict).ToList();
            foreach (var answer in refused)
                await AssertProblem.IsAsync(answer, 409, "idempotency-in-flight");
            Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK && !KeyedClient.IsReplay(answer)));

            var ids = await Task.WhenAll(answers.Where((answer, i) => i % 2 == 0 && answer.StatusCode == HttpStatusCode.OK).Select(KeyedClient.IdsAsync));
            var later = await Task.WhenAll(services.Select(async service => await KeyedClient.IdsAsync(await service.PostKeyedToTheEndAsync(tickets, key))));
            Assert.True(numbers.Add(Assert.Single(ids.Concat(later).SelectMany(each => each).Distinct())));
            await AssertProblem.IsAsync(await services[numbers.Count % 2].PostKeyedAsync($"api/limits/{domain}/check", key, Check(cost: 2)), 422, "idempotency-key-reused");
            (inFlight, replays) = (inFlight + refused.Count, replays + answers.Count(KeyedClient.IsReplay));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Keys} keys, {2 * Keys * 2 * PerHead} requests: {2 * Keys} carried out, {inFlight} in flight, {replays} replayed");
        Assert.Equal(Keys, numbers.Count);
        Assert.Equal(HttpStatusCode.OK, (await head.Service.CheckAsync(domain, "u", cost: Spare)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await up.Service.CheckAsync(domain, "u")).StatusCode);
    }

    public void Dispose() => _folder.Dispose();

    private static JsonContent Check(long cost = 1) => JsonContent.Create(new { descriptors = new[] { new { key = "user", value = "u" } }, cost });
}
