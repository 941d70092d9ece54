using System.ComponentModel.DataAnnotations;

namespace Serverless.Limits;

/// <summary>How a caller behaves toward limits.</summary>
public sealed class RateLimitHandlerOptions
{
    /// <summary>Times that a refused request is sent again: 0 to 10, default 3.</summary>
    [Range(0, 10)]
    public int MostRetries { get; set; } = 3;

    /// <summary>The longest that one request waits in all: default 60 s. One that would have to wait longer is answered as it was.</summary>
    public TimeSpan MostWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that wait for a quota at once: 0 to 100,000, default 1,000. Those beyond are sent without waiting.</summary>
    [Range(0, 100_000)]
    public int MostWaiting { get; set; } = 1_000;

    /// <summary>What is added to a wait, at random, so that those who were refused together do not come back together: up to this share of it, default 0.1, and at least up to 100 ms.</summary>
    [Range(0, 1)]
    public double Jitter { get; set; } = 0.1;
}
