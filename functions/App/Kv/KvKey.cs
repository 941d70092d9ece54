using System.Buffers.Text;
using System.Text;
using Serverless.Replication;

namespace Serverless.Kv;

/// <summary>
/// A key as it travels in a path. Text keys stand for themselves, percent-encoded, with '/' as %2F; '~' begins a key in base64url
/// (RFC 4648), which can name any key and is the only way to name '.', '..', a leading '~' and a literal "%2F".
/// </summary>
internal static class KvKey
{
    private const string Space = "kv";
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <param name="routeValue">As routing gives it: percent-decoded, except that %2F stays as it is.</param>
    /// <returns>The key, or a sentence saying what is wrong with it.</returns>
    public static (ReplicaKey? Key, string? Refusal) Parse(string routeValue)
    {
        string? text;
        if (routeValue.StartsWith('~'))
        {
            text = FromBase64Url(routeValue[1..]);
            if (text is null)
                return (null, "What follows '~' in the path is not unpadded base64url of UTF-8 text.");
        }
        else
        {
            text = routeValue.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        }

        int bytes;
        try
        {
            bytes = Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return (null, "The key is not valid Unicode text.");
        }

        return bytes switch
        {
            0 => (null, "The key is empty."),
            > ReplicaKey.MaxBytes => (null, $"The key has {bytes} bytes in UTF-8; at most {ReplicaKey.MaxBytes} are allowed."),
            _ => (new ReplicaKey(Space, text), null),
        };
    }

    private static string? FromBase64Url(string encoded)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(encoded);

            // One spelling for each key: the decoder also takes spaces, padding and idle bits.
            return Base64Url.EncodeToString(bytes) == encoded ? Strict.GetString(bytes) : null;
        }
        catch (Exception bad) when (bad is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
