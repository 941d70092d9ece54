using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Idempotency;

/// <summary>A request with an Idempotency-Key: what the key names, and what was asked under it.</summary>
/// <param name="Register">Of the key. Its name is a hash of who calls, of the function with the values of its route, and of the key, so callers never meet each other's.</param>
/// <param name="Fingerprint">A hash of what was asked: query string, content type and body, byte by byte. SHA-256: nobody can make two requests that are taken for one.</param>
internal sealed record KeyedRequest(ReplicaKey Register, string Fingerprint)
{
    /// <summary>Characters of the longest key: 255.</summary>
    public const int LongestKey = 255;

    /// <summary>Where keys are kept among all that the cluster stores.</summary>
    public const string Space = "idem";

    /// <summary>The longest body of a request with a key: 1 MiB. Nothing that creates takes more.</summary>
    public const int MostBodyBytes = 1024 * 1024;

    /// <summary>The request, its body to be read again; or what is wrong with it: 400 bad-idempotency-key, 413 too-large.</summary>
    public static async Task<(KeyedRequest? Request, IResult? Refusal)> ReadAsync(HttpContext http, string function, Caller caller)
    {
        var request = http.Request;
        if (request.Headers[IdempotentFunctions.KeyHeader] is not [{ Length: > 0 and <= LongestKey } key] || key.Any(char.IsControl))
        {
            return (null, Problems.BadRequest(
                "bad-idempotency-key", $"{IdempotentFunctions.KeyHeader} must be 1 to {LongestKey} characters without control characters, given once. Nothing was done."));
        }

        if (await BoundedBody.ReadAsync(request, MostBodyBytes) is not { } body)
            return (null, Problems.TooLarge($"With an {IdempotentFunctions.KeyHeader} a body has at most {MostBodyBytes / 1024} KiB. Nothing was done."));
        request.Body = new MemoryStream(body, writable: false);

        var route = request.RouteValues.OrderBy(value => value.Key, StringComparer.Ordinal)
            .SelectMany(value => (string[])[value.Key, Convert.ToString(value.Value, CultureInfo.InvariantCulture) ?? ""]);
        var name = Hash([caller is Caller.Service ? "app" : "user", caller.Id, request.Method, function.ToLowerInvariant(), key, .. route], []);
        return (new KeyedRequest(new ReplicaKey(Space, name), Hash([request.QueryString.Value ?? "", request.ContentType ?? ""], body)), null);
    }

    // Each text with its length in front, so that none can be taken for two.
    private static string Hash(IEnumerable<string> texts, byte[] rest)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        hash.AppendData(rest);
        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }
}
