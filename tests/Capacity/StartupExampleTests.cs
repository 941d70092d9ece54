using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

/// <summary>10,000 monthly users, a fifth of them daily, in one region without a front door.</summary>
public class StartupExampleTests
{
    private const double Daily = 10_000 * 0.2;
    private const double Day = 24 * 3600;
    private const double Month = 730 * 3600;

    private readonly ExampleEstimate _example = new("startup");

    [Fact]
    public void Traffic_and_storage_are_as_by_hand()
    {
        _example.Is(2_000, "Traffic", "users of a day");
        _example.Is(Daily * 3 / Day, "Traffic", "posts: written");
        _example.Is(Daily * 3 / Day * 20, "Traffic", "posts: read");
        _example.Is(100, "Traffic", "connections at peak");
        _example.Is(Daily * (3 * 21 + 10 * 3 + 2 * 1.1) / Day + 100 / 60.0, "Traffic", "requests");
        _example.Is((Daily * 3 * 750 * 730 + Daily * 10 * 450 * 730 + Daily * 2 * 1_250 * 30) * 3 / 1e12, "Storage", "tables: rows with all copies");
    }

    [Fact]
    public void Cost_is_as_by_hand()
    {
        var requests = Daily * (3 * 21 + 10 * 3 + 2 * 1.1) / Day + 100 / 60.0;
        var messages = Daily * 10 / Day + Daily * 2 / Day * 2;
        var writes = Daily * 3 / Day * 3 + Daily * 10 / Day * 4.5 + Daily * 2 / Day * 70 + 100 / 60.0 * 3;
        var reads = Daily * (3 * 20 + 10 * 2 + 2 * 0.1) / Day * 2;
        double[] lines =
        [
            Daily * (3 * 20 * 500 + 10 * 2 * 200 + 2 * 0.1 * 1_000) / Day / 1e9 * Month * 0.087, // to clients
            (requests + messages) * Month / 1e6 * 0.4, // executions
            1 * 2 * Month * 0.000026, // an instance of 2 GB that is never long idle
            20.45 * 43_800 * (0.4 / 1e6 + 2 * 0.000026), // timers
            10, // Service Bus
            48.97, // a unit of SignalR
            _example.Value("Storage", "tables: rows with all copies") * 1_000 * 0.0563,
            (writes + reads) * Month / 10_000 * 0.00036,
            0.5 * 730 / 24 * 2.3, // logs
        ];
        _example.Is(lines.Sum(), "Cost of a month", "total");
    }

    [Fact]
    public void It_is_a_deployment_for_development_that_ten_times_the_users_do_not_fill()
    {
        Assert.Equal(new DeploymentSize("dev", 3, 40, 2_048, 0, 64, "Standard_S1", 1), _example.Estimate.Size);
        Assert.Empty(_example.Estimate.Obstacles.Concat(_example.Estimate.FirstAtTenfold));
    }

    [Fact]
    public void Twenty_connections_are_free()
    {
        var estimate = new Estimator(ReferenceBook.Current).Of(_example.Load with { Users = new Population(400, 0, 0) });
        Assert.Equal(("Free_F1", 0), (estimate.Size.SignalR, estimate.Of("Cost of a month", "SignalR, units").Value));
    }
}
