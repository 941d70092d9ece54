using System.Threading.RateLimiting;

namespace Serverless.Limits;

/// <summary>A lease of nothing: why, and when to come again, where that is known.</summary>
internal abstract class RefusedLease : RateLimitLease
{
    private static readonly string[] Reason = [MetadataName.ReasonPhrase.Name];
    private static readonly string[] ReasonAndTime = [MetadataName.ReasonPhrase.Name, MetadataName.RetryAfter.Name];

    public override bool IsAcquired => false;

    public override IEnumerable<string> MetadataNames => RetryAfter is null ? Reason : ReasonAndTime;

    /// <summary>Null when no time is known to help.</summary>
    protected virtual TimeSpan? RetryAfter => null;

    protected abstract string Phrase { get; }

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? RetryAfter
            : metadataName == MetadataName.ReasonPhrase.Name ? Phrase
            : null;
        return metadata is not null;
    }

    /// <summary>A limit has not enough left.</summary>
    public sealed class Limited(LimitVerdict.Limited verdict) : RefusedLease
    {
        protected override TimeSpan? RetryAfter => verdict.RetryAfter == TimeSpan.MaxValue ? null : verdict.RetryAfter;

        protected override string Phrase => $"The limit {verdict.By.Name} is used up";
    }

    /// <summary>A limit never gives anything.</summary>
    public sealed class Closed(LimitRule by) : RefusedLease
    {
        protected override string Phrase => $"The limit {by.Name} admits nothing";
    }

    /// <summary>Where it is counted does not answer.</summary>
    public sealed class Unavailable(LimitVerdict.Unavailable verdict) : RefusedLease
    {
        protected override string Phrase => $"The limit {verdict.By.Name} cannot be counted: {verdict.Why}";
    }

    /// <summary>This instance has not enough at hand, and was not to wait.</summary>
    public sealed class NotKnown : RefusedLease
    {
        public static readonly NotKnown Instance = new();

        protected override string Phrase => "The storage is to be asked first";
    }

    /// <summary>The limiter was disposed of while it waited.</summary>
    public sealed class Disposed : RefusedLease
    {
        public static readonly Disposed Instance = new();

        protected override string Phrase => "The limiter has been disposed of";
    }
}
