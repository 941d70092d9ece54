using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Serverless.Limits;

/// <summary>Tells the address that a request is counted by, so that no header of the client's own changes it, and no other address of the same client either.</summary>
internal sealed class ClientAddress(GuardOptions options)
{
    private const int MostProxies = 10;
    private const int SubnetBits = 64;

    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies.Select(network => IPNetwork.Parse(network))];

    /// <summary>An IPv4 address, or the /64 of an IPv6 address: whoever has one of those has them all. "unknown" when there is none.</summary>
    public string Of(HttpContext http) => Format(Find(http));

    /// <summary>How an address is counted.</summary>
    public static string Format(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(SubnetBits / 8).Clear();
        return $"{new IPAddress(bytes)}/{SubnetBits}";
    }

    private IPAddress? Find(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (options.FrontDoorId is { Length: > 0 } id && headers["X-Azure-FDID"] == id && IPAddress.TryParse(headers["X-Azure-SocketIP"], out var socket))
            return socket;

        // Each proxy adds whom it heard at the end: as long as the last is one that is believed, so is what it says.
        var address = http.Connection.RemoteIpAddress;
        var forwarded = string.Join(',', headers["X-Forwarded-For"].ToArray()).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var hop = 1; hop <= Math.Min(forwarded.Length, MostProxies) && address is not null && IsTrusted(address); hop++)
        {
            if (!IPEndPoint.TryParse(forwarded[^hop], out var before))
                break;
            address = before.Address;
        }

        return address;
    }

    private bool IsTrusted(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_trusted, network => network.Contains(plain));
    }
}
