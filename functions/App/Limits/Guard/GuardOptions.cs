using System.Net;

namespace Serverless.Limits;

/// <summary>Configuration section "Guard": whom the app believes about where a request came from.</summary>
public sealed class GuardOptions
{
    public const string Section = "Guard";

    /// <summary>Networks of proxies whose X-Forwarded-For is believed, such as "10.0.0.0/8"; default none: what anybody else sends in it means nothing.</summary>
    public List<string> TrustedProxies { get; set; } = [];

    /// <summary>The id of the Front Door in front: of requests that bear it in X-Azure-FDID, X-Azure-SocketIP is believed. Default none.</summary>
    public string? FrontDoorId { get; set; }

    /// <summary>Null when all is well, else a sentence.</summary>
    public string? Problem() => TrustedProxies.Find(network => !IPNetwork.TryParse(network, out _)) is { } wrong
        ? $"Guard:TrustedProxies has '{wrong}', which is no network: write an address and a length, such as 10.0.0.0/8."
        : null;
}
