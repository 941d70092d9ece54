using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>Who counts a sequence, and which numbers its counts stand for: count n of allocator a among k is n·k + a + 1.</summary>
/// <param name="Home">Where it counts.</param>
/// <param name="Key">What it counts, apart from all that others count.</param>
/// <param name="Place">a: from 0.</param>
/// <param name="Step">k.</param>
internal sealed record Allocator(Home Home, string Key, int Place, int Step)
{
    /// <summary>
    /// Allocators of a multi-master sequence: 8, one per region by its number, so there is room for regions to come. It never changes: numbers of one step
    /// would meet those of another.
    /// </summary>
    public const int Masters = 8;

    /// <summary>No number reaches 2^52: snowflakes begin there, and JavaScript's numbers end above it.</summary>
    public const long EndOfNumbers = SnowflakeLayout.FirstMilliseconds << SnowflakeLayout.OtherBits;

    /// <summary>Counts that it has.</summary>
    public long End => (EndOfNumbers - 1 - Place) / Step;

    public long NumberOf(long count) => count * Step + Place + 1;

    /// <summary>The one allocator of all regions: a ticket server (Flickr, 2010), on the first owner of the name.</summary>
    public static Allocator Ticket(ClusterView view, string name)
    {
        var key = "ticket/" + name;
        return new Allocator(Home.OfKey(view, HighWater.Key(key)), key, 0, 1);
    }

    /// <summary>The allocator of a region.</summary>
    public static Allocator Master(ClusterView view, string region, string name)
    {
        var home = Home.OfRegion(view, region);
        return new Allocator(home, $"multimaster/{home.Node.Region}/{name}", view.Document.Regions.ToList().IndexOf(home.Node.Region), Masters);
    }
}
