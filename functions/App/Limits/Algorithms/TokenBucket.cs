namespace Serverless.Limits;

/// <summary>
/// Tokens are added evenly, <see cref="LimitRule.Limit"/> per window, up to <see cref="LimitRule.Burst"/>; a request takes as many as it costs or is refused.
/// Bound: in every span of length T at most Burst + Limit × T / Window is admitted, and after a pause of Burst × Window / Limit all of the burst.
/// </summary>
public sealed class TokenBucket : Bucket
{
    public static readonly TokenBucket Instance = new();
}
