using System.Globalization;

namespace Serverless.Chat;

/// <summary>
/// The names that senders give their messages: UUIDs (RFC 9562). Those of version 7 carry the sender's time, and that makes most repetitions and most new messages recognizable without a look into the
/// history. The time is only compared with others of the same sender, so a wrong clock costs that sender a round trip and nobody anything else.
/// </summary>
internal static class ClientIds
{
    /// <summary>Whether it is a UUID as it is written in lower case, of a version that cannot be guessed: 4 or 7.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: 36 } && Guid.TryParseExact(text, "D", out var id) && id.ToString("D") == text && text[14] is '4' or '7' && text[19] is '8' or '9' or 'a' or 'b';

    /// <summary>Its time in milliseconds of Unix; -1 when it carries none.</summary>
    public static long TimeOf(string id) =>
        id[14] == '7' ? long.Parse(string.Concat(id.AsSpan(0, 8), id.AsSpan(9, 4)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : -1;
}
