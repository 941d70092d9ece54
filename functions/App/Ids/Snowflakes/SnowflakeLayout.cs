using System.Globalization;
using Microsoft.Extensions.Options;

namespace Serverless.Ids;

/// <summary>
/// How the 63 bits of a <see cref="Snowflake"/> are divided: 41 bits of milliseconds since the epoch, which last for 69 years, then datacenter, worker
/// and sequence, 22 bits together. Immutable. A generator counts in <em>positions</em>: milliseconds and sequence as one number, so that the sequence
/// carries into the next millisecond.
/// </summary>
public sealed class SnowflakeLayout
{
    /// <summary>Bits of the milliseconds.</summary>
    public const int TimeBits = 41;

    /// <summary>Bits of datacenter, worker and sequence together.</summary>
    public const int OtherBits = 63 - TimeBits;

    /// <summary>The first millisecond that is issued, 13 days after the epoch: ids below 2^52 would be equal to numbers of sequences.</summary>
    public const long FirstMilliseconds = 1L << (52 - OtherBits);

    /// <summary>The first millisecond that has no id any more.</summary>
    public const long EndMilliseconds = 1L << TimeBits;

    private readonly long _epochTicks;

    public SnowflakeLayout(IOptions<IdsOptions> options)
        : this(options.Value.Epoch, options.Value.DatacenterBits, options.Value.WorkerBits, options.Value.SequenceBits)
    {
    }

    /// <param name="epoch">Millisecond 0.</param>
    /// <param name="datacenterBits">At least 1.</param>
    /// <param name="workerBits">At least 1.</param>
    /// <param name="sequenceBits">At least 1; the three make 22.</param>
    public SnowflakeLayout(DateTimeOffset epoch, int datacenterBits, int workerBits, int sequenceBits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(datacenterBits + workerBits + sequenceBits, OtherBits);
        (Epoch, DatacenterBits, WorkerBits, SequenceBits) = (epoch.ToUniversalTime(), datacenterBits, workerBits, sequenceBits);
        _epochTicks = Epoch.Ticks;
    }

    public DateTimeOffset Epoch { get; }

    public int DatacenterBits { get; }

    public int WorkerBits { get; }

    public int SequenceBits { get; }

    public int Datacenters => 1 << DatacenterBits;

    public int Workers => 1 << WorkerBits;

    /// <summary>Ids a worker can issue in one millisecond.</summary>
    public int PerMillisecond => 1 << SequenceBits;

    /// <summary>When the last id of this epoch will have been issued.</summary>
    public DateTimeOffset EndsAt => Epoch.AddMilliseconds(EndMilliseconds);

    /// <summary>Two layouts with one name pack alike.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Epoch:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {DatacenterBits}/{WorkerBits}/{SequenceBits}");

    /// <summary>Milliseconds from the epoch to a moment; negative before it.</summary>
    public long MillisecondsAt(DateTimeOffset moment) => (moment.UtcTicks - _epochTicks) / TimeSpan.TicksPerMillisecond;

    /// <summary>The first position of a millisecond.</summary>
    public long PositionOf(long milliseconds) => milliseconds << SequenceBits;

    /// <summary>The millisecond that a position lies in.</summary>
    public long MillisecondsOf(long position) => position >> SequenceBits;

    /// <summary>The bits that tell one worker's ids from all others'.</summary>
    public long NodeBits(int datacenter, int worker) => ((long)datacenter << (WorkerBits + SequenceBits)) | ((long)worker << SequenceBits);

    /// <summary>The id of a position.</summary>
    /// <param name="position">Counted by the worker's generator.</param>
    /// <param name="nodeBits">Of the worker.</param>
    public Snowflake At(long position, long nodeBits) =>
        new(((position >> SequenceBits) << OtherBits) | nodeBits | (position & ((1L << SequenceBits) - 1)));

    /// <summary>When the id was issued, by its generator's clock, to the millisecond.</summary>
    public DateTimeOffset TimeOf(Snowflake id) => Epoch.AddMilliseconds(id.Value >> OtherBits);

    public int DatacenterOf(Snowflake id) => (int)(id.Value >> (WorkerBits + SequenceBits)) & (Datacenters - 1);

    public int WorkerOf(Snowflake id) => (int)(id.Value >> SequenceBits) & (Workers - 1);

    public int SequenceOf(Snowflake id) => (int)id.Value & (PerMillisecond - 1);
}
