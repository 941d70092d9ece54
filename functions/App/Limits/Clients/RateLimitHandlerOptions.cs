using System.ComponentModel.DataAnnotations;

namespace Serverless.Limits;

/// <summary>How patient a <see cref="RateLimitHandler"/> is.</summary>
public sealed class RateLimitHandlerOptions
{
    /// <summary>Times that a request is sent again: 0 to 10, default 3.</summary>
    [Range(0, 10)]
    public int MostRetries { get; set; } = 3;

    /// <summary>All that one request waits, held back and between retries together: 0 to 10 min, default 60 s. HttpClient.Timeout, 100 s by default, ends it as well.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that are held back at once, per origin: 0 to 100,000, default 1,000. More are answered 429 without being sent.</summary>
    [Range(0, 100_000)]
    public int MostHeld { get; set; } = 1_000;

    /// <summary>Origins that are remembered to have nothing left: 1 to 100,000, default 1,000. Requests to further ones are sent as if they had.</summary>
    [Range(1, 100_000)]
    public int MostOrigins { get; set; } = 1_000;
}
