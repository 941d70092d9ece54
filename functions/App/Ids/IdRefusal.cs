namespace Serverless.Ids;

/// <summary>Why no ids were issued.</summary>
public abstract record IdRefusal
{
    /// <summary>Every worker id of the region is leased by another instance; one may be free after <paramref name="RetryAfter"/>.</summary>
    public sealed record NoWorker(int Workers, TimeSpan RetryAfter) : IdRefusal;

    /// <summary>The table that counts, or the quorum that holds its high-water mark, does not answer, and what was reserved before is used up.</summary>
    public sealed record Unavailable : IdRefusal
    {
        public static readonly Unavailable Instance = new();
    }

    /// <summary>Ids of this region were issued with another epoch or other bits than this instance is configured with.</summary>
    public sealed record OtherLayout(string Stored, string Configured) : IdRefusal;

    /// <summary>The region's number is not below <paramref name="Limit"/>: the ids have no room for it.</summary>
    public sealed record NoDatacenter(string Region, int Number, int Limit) : IdRefusal;

    /// <summary>The numbers that ids can have are used up.</summary>
    public sealed record UsedUp : IdRefusal
    {
        public static readonly UsedUp Instance = new();
    }
}
