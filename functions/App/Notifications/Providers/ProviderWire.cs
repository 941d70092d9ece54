using System.Security.Cryptography;
using System.Text;

namespace Serverless.Notifications;

/// <summary>What all providers have in common on the wire.</summary>
internal static class ProviderWire
{
    /// <summary>The code of a call that did not reach the provider.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The code of a call whose answer was lost.</summary>
    public const string AnswerLost = "answer-lost";

    private const int UuidVersion = 8;

    /// <summary>Sends; or says what is known of a call without an answer.</summary>
    public static async Task<(HttpResponseMessage? Response, ProviderAnswer? Failure)> TrySendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return (await http.SendAsync(request, cancellationToken), null);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            // Nothing was sent.
            return (null, new ProviderAnswer.Later(Unreachable, null));
        }
        catch (HttpRequestException)
        {
            return (null, new ProviderAnswer.Unknown(AnswerLost));
        }
    }

    /// <summary>How long the provider wants to be left alone; null when it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    /// <summary>A UUID of version 8 (RFC 9562) that a name always has: 122 bits of its SHA-256.</summary>
    public static Guid UuidOf(string name)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | (UuidVersion << 4));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }

    /// <summary>What devices tell repetitions by: the caller's key or, without one, the delivery's own; at most 64 characters of ASCII.</summary>
    public static string CollapseIdOf(ProviderCall call) => UuidOf(call.CollapseKey is { } key ? $"key:{call.User}:{key}" : $"delivery:{call.Delivery}").ToString("n");
}
