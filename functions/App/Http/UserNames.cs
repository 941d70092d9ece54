using System.Text;
using Microsoft.AspNetCore.Http;

namespace Serverless.Http;

/// <summary>What can be a user's name, in routes, bodies and the subject of tokens.</summary>
public static class UserNames
{
    private const int MostCharacters = 128;
    private const int MostBytes = 256;

    /// <summary>1 to 128 characters, at most 256 bytes in UTF-8, none of them a control character.</summary>
    public static bool IsValid(string? user) =>
        user is { Length: > 0 and <= MostCharacters } && Encoding.UTF8.GetByteCount(user) <= MostBytes && !user.Any(char.IsControl);

    /// <summary>The answer 400 bad-field to what cannot be a user's name; null when it can.</summary>
    /// <param name="user">The name.</param>
    /// <param name="field">Where it stands.</param>
    public static IResult? Refusal(string? user, string field = "user") =>
        IsValid(user) ? null : Problems.BadField(field, "A user's name has 1 to 128 characters, at most 256 bytes, without control characters. Nothing was stored.");
}
