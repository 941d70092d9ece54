using System.ComponentModel.DataAnnotations;

namespace Serverless.Ids;

/// <summary>Configuration section "Ids". Epoch and bits must be the same in every region and stay as they are once ids were issued; instances that differ are refused.</summary>
public sealed class IdsOptions
{
    public const string Section = "Ids";

    /// <summary>The least that the epoch must lie back: ids of its first 13 days are not told from the numbers of sequences, which end at 2^52.</summary>
    public static readonly TimeSpan EpochAge = TimeSpan.FromDays(13);

    /// <summary>Millisecond 0 of snowflakes, in UTC: at least 13 days ago, default 2025-01-01.</summary>
    public DateTimeOffset Epoch { get; set; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Bits of the datacenter, which is the region's number: 1 to 10, default 3, so 8 regions. The book has 5.</summary>
    [Range(1, 10)]
    public int DatacenterBits { get; set; } = 3;

    /// <summary>Bits of the worker: 1 to 9, default 7, so 128 instances in each region issue snowflakes at once. The book has 5.</summary>
    [Range(1, 9)]
    public int WorkerBits { get; set; } = 7;

    /// <summary>Bits of the sequence: 3 to 20, default 12, so 4,096 ids a millisecond and worker.</summary>
    [Range(3, 20)]
    public int SequenceBits { get; set; } = 12;

    /// <summary>How long a worker id is leased and time is reserved ahead, in seconds: 3 to 600, default 30. Renewed by use after a sixth of it. Storage may be gone for about as long before ids stop.</summary>
    [Range(3, 600)]
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>How far a burst may run ahead of the clock, in milliseconds: 0 to 2,000, default 1,000, which are 4 million ids.</summary>
    [Range(0, 2_000)]
    public int BorrowMilliseconds { get; set; } = 1_000;

    /// <summary>
    /// How far ahead of what is reserved the region's high-water mark is kept on a quorum of nodes, in minutes: 1 to 1,440, default 10. So long a region
    /// that is cut off from all others goes on; and when its tables are lost its ids go on from there, ahead of the clock by as much.
    /// </summary>
    [Range(1, 1_440)]
    public int CeilingMinutes { get; set; } = 10;

    /// <summary>Checks across fields; null when all is well, else a sentence.</summary>
    /// <param name="now">The present.</param>
    public string? Problem(DateTimeOffset now) =>
        DatacenterBits + WorkerBits + SequenceBits != SnowflakeLayout.OtherBits
            ? $"Ids: DatacenterBits {DatacenterBits}, WorkerBits {WorkerBits} and SequenceBits {SequenceBits} must be {SnowflakeLayout.OtherBits} together."
        : now - Epoch < EpochAge ? $"Ids:Epoch is {Epoch:O}: it must lie at least {EpochAge.TotalDays:0} days back."
        : now - Epoch >= TimeSpan.FromMilliseconds(SnowflakeLayout.EndMilliseconds) ? $"Ids:Epoch is {Epoch:O}: 41 bits of milliseconds have run out since."
        : null;
}
