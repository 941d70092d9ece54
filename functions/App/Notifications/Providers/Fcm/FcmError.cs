using System.Text.Json;

namespace Serverless.Notifications;

/// <summary>What FCM says is wrong: its own code is among the details, since one status stands for several.</summary>
/// <param name="Code">Such as UNREGISTERED; the status where there is none.</param>
/// <param name="Message">For people.</param>
/// <param name="IsOfToken">The field that is wrong is the token.</param>
internal sealed record FcmError(string Code, string Message, bool IsOfToken)
{
    public static FcmError Of(JsonElement? body)
    {
        if (body is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            return new("", "no reason was given.", false);
        var (code, isOfToken) = (Text(error, "status"), false);
        foreach (var detail in error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array ? details.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object) : [])
        {
            if (Text(detail, "@type").EndsWith("FcmError", StringComparison.Ordinal) && Text(detail, "errorCode") is { Length: > 0 } own)
                code = own;
            if (detail.TryGetProperty("fieldViolations", out var violations) && violations.ValueKind == JsonValueKind.Array)
                isOfToken |= violations.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.Object && Text(one, "field") == "message.token");
        }

        return new(code, Text(error, "message"), isOfToken);
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
