namespace Serverless.Tests.Capacity;

/// <summary>300 million monthly users, half of them daily, two tweets a day, a tenth of them with 1 MB of media, five years: the answers that the book gives, and what follows.</summary>
public class TwitterExampleTests
{
    private const double Posts = 300e6 * 0.5 * 2;
    private const double PerSecond = Posts / 24 / 3600;

    private readonly ExampleEstimate _example = new("twitter");

    [Fact]
    public void It_has_the_known_answers()
    {
        Assert.InRange(_example.Value("Traffic", "posts: written"), 3_400, 3_600);
        Assert.InRange(_example.Value("Traffic", "posts: written at peak"), 6_800, 7_200);
        Assert.Equal(30, _example.Value("Storage", "posts: media of a day"));
        Assert.InRange(_example.Value("Storage", "posts: media over the retention"), 54.5, 55.5);
    }

    [Fact]
    public void Every_formula_has_its_numbers() => Assert.Equal(
        ["150,000,000 users × 2 posts / 86,400 s = 3,472.22 /s", "150,000,000 users × 2 posts × 0.1 × 1,000,000 bytes / 1,000,000,000,000 bytes/TB = 30 TB", "30 TB × (365 days × 5 years) / 1,000 = 54.75 PB"],
        new[] { ("Traffic", "posts: written"), ("Storage", "posts: media of a day"), ("Storage", "posts: media over the retention") }.Select(one => _example.Estimate.Of(one.Item1, one.Item2).Formula));

    [Fact]
    public void Traffic_and_bandwidth_are_as_by_hand()
    {
        _example.Is(150e6, "Traffic", "users of a day");
        _example.Is(PerSecond, "Traffic", "posts: written");
        _example.Is(PerSecond * 10, "Traffic", "posts: read");
        _example.Is(PerSecond * 11 * 2, "Traffic", "requests at peak");
        _example.Is(PerSecond * (204 + 0.1 * 1e6) / 1e6, "Bandwidth", "in");
        _example.Is(PerSecond * 10 * (204 + 0.1 * 1e6) / 1e6, "Bandwidth", "out");
        _example.Is(PerSecond * 10 * (204 + 0.1 * 1e6) * 8 / 1e9 * 2, "Bandwidth", "out at peak");

        // Two of three copies of a row lie elsewhere, and a read asks one of those.
        _example.Is((PerSecond * 2 + PerSecond * 10 * 1) * (204 + 250) / 1e6, "Bandwidth", "between regions");
    }

    [Fact]
    public void Storage_is_as_by_hand()
    {
        _example.Is(Posts * (204 + 250) / 1e9, "Storage", "posts: rows of a day");
        _example.Is(Posts * (204 + 250) * 365 * 3 / 1e12, "Storage", "posts: rows of a year, with all copies");
        _example.Is(Posts * (204 + 250) * 365 * 5 * 3 / 1e12, "Storage", "tables: rows with all copies");
        _example.Is(Posts * 0.1 * 1e6 * 365 / 1e15, "Storage", "posts: media of a year");
        _example.Is(Posts * 10 * 204 * 0.2 / 1e9, "Storage", "memory: a cache of the most read fifth of a day");
    }

    [Fact]
    public void Nodes_and_instances_are_as_by_hand()
    {
        var calls = PerSecond * 3 + PerSecond * 10 * 2;
        _example.Is(calls * 2, "Partitions and accounts", "calls at peak");
        _example.Is(Math.Ceiling(calls * 2 / 20_000), "Partitions and accounts", "accounts for the calls");
        _example.Is(3, "Partitions and accounts", "nodes of a region");
        _example.Is(10, "Partitions and accounts", "accounts for media");

        // Across continents a read or write takes 1.1 × 150 ms; two stamps carry the peak of three.
        var atOnce = PerSecond * 11 * (0.165 + 0.002);
        _example.Is(atOnce, "Instances", "requests at once");
        var (byConcurrency, byProcessors) = (Math.Ceiling(atOnce * 2 / 2 / 64), Math.Ceiling(PerSecond * 11 * 2 / 2 * 0.002 / 0.6));
        Assert.Equal((100, 128), (byConcurrency, byProcessors));
        _example.Is(128, "Instances", "instances of 2,048 MB that a stamp needs");

        // Twice the ids that there are for a group: half as many instances with two processors each.
        _example.Is(Math.Ceiling(PerSecond * 11 * 2 / 2 * 0.002 / 2 / 0.6), "Instances", "instances of 4,096 MB that a stamp needs");
    }

    [Fact]
    public void Cost_is_as_by_hand()
    {
        const double Month = 730 * 3600;
        const double Out = PerSecond * 10 * (204 + 0.1 * 1e6) / 1e9 * Month;
        _example.Is(35, "Cost of a month", "Front Door, base fee");
        _example.Is(PerSecond * 11 * Month / 10_000 * 0.009, "Cost of a month", "Front Door, requests");
        _example.Is(Out * 0.083, "Cost of a month", "Front Door, transfer to clients");
        _example.Is(190 * 3 * Month / 30, "Cost of a month", "probes");
        _example.Is(Posts * 0.1 * 1e6 * 365 * 5 / 1e9 * 0.023, "Cost of a month", "blobs, kept");
        _example.Is((PerSecond * 2 + PerSecond * 10) * (204 + 250) / 1e9 * Month * (2 * 0.08 + 4 * 0.05) / 6, "Cost of a month", "transfer between regions");
        _example.Is((3 * 0.5 * 730 / 24 + PerSecond * 11 * Month * 1_000 / 1e9) * 2.3, "Cost of a month", "Log Analytics");
        Assert.InRange(_example.Value("Cost of a month", "total"), 2.4e6, 2.5e6);
    }

    [Fact]
    public void Availability_is_as_by_hand()
    {
        const double Stamp = 0.9995 * 0.999 * 0.999 * 0.999;
        const double Down = (1 - Stamp) * (1 - Stamp) * (1 - Stamp);
        const double Quorum = 0.999 * 0.999 * 0.999 + 3 * 0.999 * 0.999 * 0.001;
        Assert.Equal(Stamp, _example.Value("Availability", "a stamp: Functions, Service Bus, SignalR and storage in series"), 11);
        Assert.Equal(1 - Down, _example.Value("Availability", "3 stamps in parallel"), 11);
        Assert.Equal(Quorum, _example.Value("Availability", "2 of 3 nodes of a key"), 11);
        Assert.Equal(0.9999 * (1 - Down) * Quorum, _example.Value("Availability", "all in series"), 11);
    }

    [Fact]
    public void Ten_times_as_much_would_run_out_of_worker_ids_first()
    {
        _example.Bears(1, "Worker ids of a region");
        _example.Bears(100_000 / (PerSecond * 11 * 2), "Requests through Front Door");
        _example.Bears(26 * 3 * 20_000 / (PerSecond * 23 * 2), "Calls of all nodes");
        Assert.Equal(
            ["Worker ids of a region", "Requests through Front Door", "Bandwidth of Front Door", "Entities of a partition", "Calls of all nodes"], _example.Estimate.FirstAtTenfold);
        Assert.Equal(["Media need 10 storage accounts of their own, and the template has none for them."], _example.Estimate.Obstacles);
    }
}
