using System.ComponentModel.DataAnnotations;

namespace Serverless.Notifications;

/// <summary>What every provider's section of the configuration may say of how it is called.</summary>
public class ProviderLimits
{
    /// <summary>Calls a second through one instance: 1 to 100,000, default 1,000. What comes beyond waits.</summary>
    [Range(1, 100_000)]
    public int PerSecond { get; set; } = 1_000;

    /// <summary>How long a call may take, in seconds: 1 to 20, default 10. What takes longer may have been taken or not.</summary>
    [Range(1, 20)]
    public int CallSeconds { get; set; } = 10;

    /// <summary>How long a provider is left alone that fails half of its calls, in seconds: 1 to 600, default 30.</summary>
    [Range(1, 600)]
    public int BreakSeconds { get; set; } = 30;
}
