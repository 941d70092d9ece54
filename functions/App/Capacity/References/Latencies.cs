namespace Serverless.Capacity;

/// <summary>How long something takes that programs do all the time.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Nanoseconds">As Jeff Dean listed it, about 2010.</param>
/// <param name="Nanoseconds2020">For hardware of 2020; null where the list of that year has no such line.</param>
public sealed record Latency(string Operation, decimal Nanoseconds, decimal? Nanoseconds2020);

/// <summary>Latency numbers that every programmer should know.</summary>
internal static class Latencies
{
    public const string Source =
        "Jeff Dean, Building Software Systems at Google and Lessons Learned, Stanford, 10 November 2010; for 2020: Colin Scott, https://colin-scott.github.io/personal_website/research/interactive_latency.html";

    public static readonly IReadOnlyList<Latency> All =
    [
        new("L1 cache reference", 0.5m, 1),
        new("Branch mispredict", 5, 3),
        new("L2 cache reference", 7, 4),
        new("Mutex lock or unlock", 25, 17),
        new("Main memory reference", 100, 100),
        new("Compress 1 KB with Zippy", 3_000, 2_000),
        new("Send 2 KB over a 1 Gbit/s network", 20_000, null),
        new("Random read from SSD", 150_000, 16_000),
        new("Read 1 MB sequentially from memory", 250_000, 3_000),
        new("Round trip within a data centre", 500_000, 500_000),
        new("Read 1 MB sequentially from SSD", 1_000_000, 49_000),
        new("Disk seek", 10_000_000, 2_000_000),
        new("Read 1 MB sequentially from disk", 20_000_000, 825_000),
        new("Packet from California to the Netherlands and back", 150_000_000, 150_000_000),
    ];
}
