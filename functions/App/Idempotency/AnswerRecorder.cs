using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Serverless.Idempotency;

/// <summary>
/// Stands between a function and its client: what the function answers is collected, and it runs on when the client is gone, since that client is the one who will ask again.
/// </summary>
internal sealed class AnswerRecorder : IDisposable
{
    private readonly HttpContext _http;
    private readonly CancellationToken _client;
    private readonly IHttpResponseBodyFeature _body;
    private readonly Dictionary<string, StringValues> _before;
    private readonly MemoryStream _written = new();

    /// <param name="http">The request, until this is disposed of.</param>
    /// <param name="limit">Stops the function in the client's place.</param>
    public AnswerRecorder(HttpContext http, CancellationToken limit)
    {
        (_http, _client, _body) = (http, http.RequestAborted, http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        _before = http.Response.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase);
        http.RequestAborted = limit;
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_written));
    }

    /// <summary>What was answered; once.</summary>
    public async Task<KeptAnswer> EndAsync()
    {
        await _http.Response.CompleteAsync();
        return KeptAnswer.Of(_http.Response, _before, _written.ToArray());
    }

    /// <summary>Gives the client its connection back. Status and headers stay as the function set them.</summary>
    public void Dispose()
    {
        _http.Features.Set(_body);
        _http.RequestAborted = _client;
        _written.Dispose();
    }
}
