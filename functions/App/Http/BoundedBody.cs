using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>
/// Reads a request's body up to a limit of our own. A body that is too long is still read to its end before the answer: the
/// Functions host's proxy turns an answer to a half-read request into a bare 500.
/// </summary>
public static class BoundedBody
{
    // Beyond this the sender is cut off instead: no limit here is near it.
    private const long MostDrained = 110L * 1024 * 1024;

    /// <summary>The bytes, or null when there are more than <paramref name="limit"/>.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int limit)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var body = new byte[Math.Min(limit, (int)Math.Min(request.ContentLength ?? 4096, limit)) + 1];
        var length = 0;
        while (true)
        {
            if (length == body.Length)
                Array.Resize(ref body, Math.Min(limit + 1, body.Length * 2));
            var read = await request.Body.ReadAsync(body.AsMemory(length), cancellationToken);
            length += read;
            if (read == 0)
                return body.AsSpan(0, length).ToArray();
            if (length > limit)
                break;
        }

        for (long drained = length; drained < MostDrained;)
        {
            var read = await request.Body.ReadAsync(body, cancellationToken);
            if (read == 0)
                return null;
            drained += read;
        }

        request.HttpContext.Abort();
        return null;
    }
}
