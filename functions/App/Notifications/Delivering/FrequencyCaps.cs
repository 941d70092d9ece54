using Serverless.Limits;

namespace Serverless.Notifications;

/// <summary>Whether a delivery is within the caps; it counts then.</summary>
internal delegate Task<bool> AdmitDelivery(string user, Channel channel, string category, CancellationToken cancellationToken);

/// <summary>
/// How often somebody is told something: the rules of the limits' domain "notifications", none until some are stored. A delivery is checked as user; user and channel; user and category; user, channel
/// and category, before its first attempt. Where counts cannot be had, the rule says whether it is sent.
/// </summary>
internal sealed class FrequencyCaps(LimitRulesView rules, Limiter limiter)
{
    /// <summary>The rules' domain.</summary>
    public const string Domain = "notifications";

    /// <summary>Why a delivery beyond a cap is suppressed.</summary>
    public const string Capped = "frequency-cap";

    /// <summary>Whether it may be sent; it counts then.</summary>
    public async Task<bool> AdmitsAsync(string user, Channel channel, string category, CancellationToken cancellationToken)
    {
        if (await rules.GetAsync(Domain, cancellationToken) is not LimitRulesInForce.Known(var set))
            return true;
        LimitEntry who = new("user", user), where = new("channel", channel.Name()), what = new("category", category);
        var limits = set.Match([new([who]), new([who, where]), new([who, what]), new([who, where, what])]);
        return limits.Count == 0 || await limiter.CheckAsync(limiter.Prepare(limits), 1, cancellationToken) is LimitVerdict.Admitted;
    }
}
