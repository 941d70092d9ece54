using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Serverless.Local.Demo;

/// <summary>A limit that many ask at once, and a reservation that turns out to need less.</summary>
internal sealed class LimitsScenes(TimeProvider clock)
{
    private const int Limit = 100;
    private const int Clients = 16;

    private readonly string _domain = string.Create(CultureInfo.InvariantCulture, $"demo-{clock.GetUtcNow().ToUnixTimeSeconds():x}");

    public Scene HoldsUnderLoad => new("A limit of 100 in 10 seconds, asked by 16 clients at once", HoldsAsync);

    private async Task HoldsAsync(DemoStage stage)
    {
        using (var stored = await stage.PutTextAsync($"limits/{_domain}/rules", "application/yaml", $$"""
            domain: {{_domain}}
            descriptors:
              - key: user
                rate_limit: { name: demo, unit: second, unit_multiplier: 10, requests_per_unit: {{Limit}} }
            """))
        {
            stage.Check(stored.StatusCode == HttpStatusCode.OK, "rules stored, as envoy's rate limit service has them, in YAML");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(stage, 20)));
        var admitted = answers.Sum(answer => answer.Admitted);
        stage.Check(admitted == Limit, $"{Clients * 20} requests: {admitted} admitted, the others refused");
        stage.Say($"RateLimit: {answers[0].Last}");

        using var reserved = await stage.PostJsonAsync($"limits/{_domain}/reserve", new { descriptors = new[] { new { key = "user", value = "another" } }, cost = Limit });
        using var body = JsonDocument.Parse(await reserved.Content.ReadAsStringAsync());
        var reservation = body.RootElement.GetProperty("reservation").GetString();
        stage.Check((await AskAsync(stage, 1, "another")).Admitted == 0, $"another user reserves all {Limit}: nothing is left");
        using var settled = await stage.PostJsonAsync($"limits/{_domain}/settle", new { reservation, used = 1 });
        stage.Check(settled.StatusCode == HttpStatusCode.OK, "it took only 1: the rest is given back");
        stage.Check(await stage.UntilAsync(async () => (await AskAsync(stage, 1, "another")).Admitted == 1, TimeSpan.FromSeconds(5)), "and can be had");
    }

    private async Task<(int Admitted, string Last)> AskAsync(DemoStage stage, int times, string user = "somebody")
    {
        var (admitted, last) = (0, "");
        for (var i = 0; i < times; i++)
        {
            using var answer = await stage.PostJsonAsync($"limits/{_domain}/check", new { descriptors = new[] { new { key = "user", value = user } } });
            admitted += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
            last = answer.Headers.TryGetValues("RateLimit", out var values) ? string.Join(", ", values) : last;
        }

        return (admitted, last);
    }
}
