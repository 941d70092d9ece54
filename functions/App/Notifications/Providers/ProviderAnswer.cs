namespace Serverless.Notifications;

/// <summary>What became of a call.</summary>
/// <param name="Code">The provider's own word, for the ledger: such as "200", "410 Unregistered", "QUOTA_EXCEEDED".</param>
public abstract record ProviderAnswer(string Code)
{
    /// <summary>The provider has it.</summary>
    /// <param name="Id">Its name at the provider; null when it gave none.</param>
    public sealed record Taken(string Code, string? Id) : ProviderAnswer(Code);

    /// <summary>Never for this address: it must be forgotten and is not tried again.</summary>
    /// <param name="Since">As of when the provider knew: an address that was registered later stays. Null: whenever it was registered.</param>
    public sealed record AddressDead(string Code, DateTimeOffset? Since) : ProviderAnswer(Code);

    /// <summary>Never as it is, though the address is good.</summary>
    /// <param name="Why">A sentence.</param>
    public sealed record Refused(string Code, string Why) : ProviderAnswer(Code);

    /// <summary>Not taken now; to be tried again.</summary>
    /// <param name="After">Not before so long; null: after the usual pause.</param>
    public sealed record Later(string Code, TimeSpan? After) : ProviderAnswer(Code)
    {
        /// <summary>False: the provider was not even asked, so that this is no attempt.</summary>
        public bool WasAsked { get; init; } = true;
    }

    /// <summary>Nobody gets anything until an operator mends credentials or configuration: an alarm, and tried again later.</summary>
    /// <param name="Why">A sentence.</param>
    public sealed record Misconfigured(string Code, string Why) : ProviderAnswer(Code);

    /// <summary>No answer came: the provider may have it or not.</summary>
    public sealed record Unknown(string Code) : ProviderAnswer(Code);
}
