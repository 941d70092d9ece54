using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Serverless.Http;
using Serverless.Ids;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Ids;

public class IdsAnswerTests
{
    public static TheoryData<IdRefusal, int, string, string?> Refusals => new()
    {
        { new IdRefusal.NoWorker(128, TimeSpan.FromSeconds(12.1)), 503, "worker-ids-exhausted", "13" },
        { new IdRefusal.NoWorker(128, TimeSpan.Zero), 503, "worker-ids-exhausted", "1" },
        { IdRefusal.Unavailable.Instance, 503, "ids-unavailable", "1" },
        { new IdRefusal.OtherLayout("here", "there"), 503, "ids-layout-changed", "60" },
        { new IdRefusal.NoDatacenter("far-away", 8, 8), 503, "datacenter-ids-exhausted", "60" },
        { IdRefusal.UsedUp.Instance, 409, "ids-used-up", null },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task A_refusal_says_what_is_missing_and_when_to_ask_again(IdRefusal why, int status, string type, string? retryAfter)
    {
        await using var services = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services, Response = { Body = new MemoryStream() } };
        await IdsAnswers.Of(new IssuedIds.Refused(why)).ExecuteAsync(http);

        http.Response.Body.Position = 0;
        var problem = await JsonSerializer.DeserializeAsync<JsonElement>(http.Response.Body, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((status, $"urn:serverless:problem:{type}"), (http.Response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Equal(retryAfter, (string?)http.Response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(366, HealthStatus.Healthy, 0)]
    [InlineData(365, HealthStatus.Degraded, 1)]
    [InlineData(-1, HealthStatus.Degraded, 1)]
    public async Task Health_warns_a_year_before_the_epoch_ends_and_logs_it_once(int daysBefore, HealthStatus status, int warnings)
    {
        var layout = new SnowflakeLayout(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), 3, 7, 12);
        var log = new CountingLogger();
        var health = new IdsHealth(layout, new FakeTimeProvider(layout.EndsAt.AddDays(-daysBefore)), log);
        for (var i = 0; i < 3; i++)
            Assert.Equal(new HealthCheck("ids", status, "Snowflakes of this epoch last until 2094-09-07."), await health.CheckAsync(TestContext.Current.CancellationToken));
        Assert.Equal(warnings, log.Warnings);
    }

    [Fact]
    public async Task A_region_that_nobody_knows_any_more_is_left_out()
    {
        var layout = new SnowflakeLayout(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), 3, 7, 12);
        var id = layout.At(layout.PositionOf(1L << 36), layout.NodeBits(7, 9)).ToString();
        var decoded = await new IdDecoder(layout, new MemoryCluster().Views("r1")).DecodeAsync(id, TestContext.Current.CancellationToken);
        Assert.Equal((7, null, 9, 0), (decoded!.Datacenter, decoded.Region, decoded.Worker, decoded.Sequence));
    }
}
