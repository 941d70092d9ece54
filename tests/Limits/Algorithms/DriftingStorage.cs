using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>A storage and an instance whose clocks drift apart, and the network between them. Nobody may ask the instance what time it is.</summary>
internal sealed class DriftingStorage(long offset) : TimeProvider
{
    private const long Parts = 1_000_000;

    private Int128 _storage = (Int128)(LimitGen.Start + offset) * Parts;
    private long _local = offset / 7;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The storage's time in ticks, rounded down and up.</summary>
    public Moment Truth => new((long)(_storage / Parts), (long)((_storage + Parts - 1) / Parts));

    public override long GetTimestamp() => _local;

    public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("Only how much time passed may be asked.");

    /// <summary>So much time passes for the instance, and so many millionths more for the storage.</summary>
    public void Pass(long ticks, long drift)
    {
        _local += ticks;
        _storage += (Int128)ticks * (Parts + drift);
    }

    /// <summary>The storage's clock is set anew.</summary>
    public void SetBack(long ticks) => _storage -= (Int128)ticks * Parts;

    /// <summary>A write that the storage stamps on its way, in milliseconds, rounded down.</summary>
    public void Measure(StorageClock clock, long there, long back, long drift)
    {
        var sent = _local;
        Pass(there, drift);
        var stamp = Truth.Earliest - Truth.Earliest % TimeSpan.TicksPerMillisecond;
        Pass(back, drift);
        clock.Measured(sent, _local, new DateTimeOffset(stamp, TimeSpan.Zero));
    }
}
