using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

/// <summary>10 million notifications a day in batches of 500, each checked against a limit; two stamps and a witness in Asia.</summary>
public class NotificationsExampleTests
{
    private const double PerSecond = 10e6 / 24 / 3600;
    private const double Month = 730 * 3600;

    private readonly ExampleEstimate _example = new("notifications");

    [Fact]
    public void Traffic_and_storage_are_as_by_hand()
    {
        _example.Is(PerSecond, "Traffic", "notifications: written");
        _example.Is(PerSecond * 3, "Traffic", "notifications: written at peak");
        _example.Is(PerSecond / 500, "Traffic", "notifications: requests that write");
        _example.Is(PerSecond / 500 + PerSecond * 0.1 + PerSecond, "Traffic", "requests");

        // The ledger keeps 30 days, whatever the retention is.
        _example.Is(10e6 * (1_000 + 250) * 30 * 3 / 1e12, "Storage", "tables: rows with all copies");
    }

    [Fact]
    public void Queues_nodes_and_instances_are_as_by_hand()
    {
        // A message of a hundred is fanned out, and one of a hundred delivered.
        _example.Is(PerSecond * 2 / 100 * 3, "Queues and connections", "Service Bus operations");
        _example.Is(PerSecond * (7 + 63.0 / 500) + PerSecond * 2, "Partitions and accounts", "calls that write");
        _example.Is(PerSecond * 0.1 * 2, "Partitions and accounts", "calls that read");
        _example.Is(2, "Partitions and accounts", "nodes of a region");

        // Within a continent a quorum takes 1.1 × 60 ms, and accepting takes four of them.
        var waiting = PerSecond / 500 * 0.066 * 4 + PerSecond * 0.1 * 0.066 + PerSecond * 0.066;
        _example.Is(waiting, "Instances", "requests that wait at once");
        Assert.Equal(2, Math.Ceiling(PerSecond * (1.0 / 500 + 0.1 + 1) * 3 * 0.002 / 0.6));
        _example.Is(2, "Instances", "instances of 2,048 MB that a stamp needs");
        Assert.Equal(new DeploymentSize("prod", 2, 40, 2_048, 1, 64, "Standard_S1", 1), _example.Estimate.Size);
    }

    [Fact]
    public void Cost_and_availability_are_as_by_hand()
    {
        _example.Is(190 * 2 * Month / 30, "Cost of a month", "probes");
        _example.Is((PerSecond * 2 / 100 * 3 * Month / 1e6 - 13) * 0.8, "Cost of a month", "Service Bus, operations");
        _example.Is(2 * 20.45 * 43_800 * (0.4 / 1e6 + 2 * 0.000026), "Cost of a month", "Functions, timers");
        _example.Is(1.125 * 1_000 * 0.0563, "Cost of a month", "tables, kept");
        _example.Is(0.08, "Cost of a month", "a GB between regions, on average of the pairs");
        _example.Is((PerSecond * (1.0 / 500 + 0.1 + 1) * Month * 1_000 / 1e9 + 2 * 0.5 * 730 / 24) * 2.3, "Cost of a month", "Log Analytics");
        Assert.InRange(_example.Value("Cost of a month", "total"), 2_000, 2_200);

        const double Stamp = 0.9995 * 0.999 * 0.999 * 0.999;
        Assert.Equal(1 - (1 - Stamp) * (1 - Stamp), _example.Value("Availability", "2 stamps in parallel"), 11);
    }

    [Fact]
    public void The_template_holds_it_and_ten_times_as_much() => Assert.Empty(_example.Estimate.Obstacles.Concat(_example.Estimate.FirstAtTenfold));
}
