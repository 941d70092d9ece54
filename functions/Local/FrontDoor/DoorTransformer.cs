using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Serverless.Local.FrontDoor;

/// <summary>What a front door changes about a request: it says who it is and whom it heard, as Azure's does, and lets no client say so.</summary>
/// <param name="id">The front door's.</param>
internal sealed class DoorTransformer(string id) : HttpTransformer
{
    private const string Id = "X-Azure-FDID";
    private const string Socket = "X-Azure-SocketIP";
    private const string Forwarded = "X-Forwarded-For";

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var socket = (httpContext.Connection.RemoteIpAddress ?? IPAddress.Loopback).ToString();
        foreach (var name in (string[])[Id, Socket, Forwarded, "X-Forwarded-Host", "X-Forwarded-Proto"])
            proxyRequest.Headers.Remove(name);
        proxyRequest.Headers.Add(Id, id);
        proxyRequest.Headers.Add(Socket, socket);
        proxyRequest.Headers.Add(Forwarded, string.Join(", ", [.. httpContext.Request.Headers[Forwarded], socket]));
        proxyRequest.Headers.Add("X-Forwarded-Host", httpContext.Request.Host.Value);
        proxyRequest.Headers.Add("X-Forwarded-Proto", httpContext.Request.Scheme);

        // An origin is called by its own name.
        proxyRequest.Headers.Host = null;
        proxyRequest.RequestUri = Target(httpContext, destinationPrefix);
    }

    // As it came: decoded and encoded once more, a path could mean another key.
    private static Uri Target(HttpContext http, string prefix) =>
        http.Features.Get<IHttpRequestFeature>()!.RawTarget is ['/', ..] target
            ? new Uri(prefix.TrimEnd('/') + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })
            : RequestUtilities.MakeDestinationAddress(prefix, http.Request.Path, http.Request.QueryString);
}
