using System.Net;
using Serverless.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Serverless.Local.FrontDoor;

/// <summary>
/// Passes requests on, WebSockets too. A request whose origin fails is not sent to another one: it may have been carried out. Its client gets 502 or 504, and knows whether it may repeat it.
/// </summary>
internal sealed class DoorForwarding(Origins origins, string id, IHttpForwarder forwarder) : IDisposable
{
    private readonly DoorTransformer _transformer = new(id);

    // As the template's originResponseTimeoutSeconds.
    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(60),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly HttpMessageInvoker _http = new(Handler());

    /// <summary>Neither follows nor keeps anything: what an origin says is for the client.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    };

    public async Task ForwardAsync(HttpContext http)
    {
        var origin = origins.Next();
        var error = await forwarder.SendAsync(http, origin.Address.ToString(), _http, _config, _transformer);
        if (error == ForwarderError.None || http.Response.HasStarted || http.RequestAborted.IsCancellationRequested)
            return;
        await Problems.Of(
            http.Response.StatusCode, "origin-failed", "The region did not answer",
            $"{origin.Region} failed this request ({error}): whether it was carried out is not known. Others may answer it.").ExecuteAsync(http);
    }

    public void Dispose() => _http.Dispose();
}
