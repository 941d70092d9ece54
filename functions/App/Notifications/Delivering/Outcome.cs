namespace Serverless.Notifications;

/// <summary>What came of a worker's turn with one delivery.</summary>
internal abstract record Outcome
{
    /// <summary>The provider was asked, or would not be.</summary>
    /// <param name="Provider">Its name.</param>
    /// <param name="Answer">What it said.</param>
    public sealed record Answered(string Provider, ProviderAnswer Answer) : Outcome;

    /// <summary>It is not to be sent.</summary>
    public sealed record Suppressed(string Why) : Outcome;

    /// <summary>Not yet; nobody was asked.</summary>
    public sealed record PutOff(DateTimeOffset Until, string Why) : Outcome;
}
