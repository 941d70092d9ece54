namespace Serverless.Notifications;

/// <summary>What somebody's settings say to one notification on one channel.</summary>
public abstract record Consent
{
    /// <summary>It may be sent now.</summary>
    public sealed record Given : Consent
    {
        public static readonly Given Instance = new();
    }

    /// <summary>Not on this channel.</summary>
    /// <param name="Why">"opted-out".</param>
    public sealed record Withheld(string Why) : Consent;

    /// <summary>Not before then: quiet hours.</summary>
    public sealed record NotBefore(DateTimeOffset Until) : Consent;
}
