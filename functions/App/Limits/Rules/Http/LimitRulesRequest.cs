using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>New rules, as a request carries them.</summary>
/// <param name="Rules">What they say.</param>
/// <param name="Text">As they were sent.</param>
/// <param name="ContentType">Without parameters, in lower case.</param>
/// <param name="Expected">The version they are to follow; null: any.</param>
internal sealed record LimitRulesRequest(LimitRuleSet Rules, ReadOnlyMemory<byte> Text, string ContentType, long? Expected)
{
    public static readonly string[] YamlTypes = ["application/yaml", "application/x-yaml", "text/yaml"];
    public const string JsonType = "application/json";

    public static IResult? RefuseDomain(string domain) => LimitNames.IsName(domain) ? null : Problems.BadRequest("bad-domain", $"A domain is named by {LimitNames.NameWords}.");

    public static async Task<(LimitRulesRequest? Request, IResult? Refusal)> ParseAsync(HttpRequest request, string domain)
    {
        if (RefuseDomain(domain) is { } refusal)
            return (null, refusal);
        var contentType = TypeOf(request);
        if (contentType is null)
        {
            return (null, Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, "bad-content-type", "The body is of another type",
                $"Content-Type must be {string.Join(", ", YamlTypes)} or {JsonType}, in UTF-8. Nothing was stored."));
        }

        if (!TryExpected(request.Headers.IfMatch, out var expected))
            return (null, Problems.BadRequest("bad-if-match", "If-Match must be one version in quotes, as the ETag says it, such as \"3\". Nothing was stored."));
        if (await BoundedBody.ReadAsync(request, LimitRulesReader.MostBytes) is not { } text)
            return (null, Problems.TooLarge($"Rules have at most {LimitRulesReader.MostBytes} bytes. Nothing was stored."));
        return LimitRulesReader.Read(text, contentType == JsonType ? LimitRulesFormat.Json : LimitRulesFormat.Yaml, domain) switch
        {
            LimitRulesReading.Understood(var rules) => (new LimitRulesRequest(rules, text, contentType, expected), null),
            LimitRulesReading.Refused(var problems) => (null, LimitRulesAnswers.Of(problems)),
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };
    }

    // Null when it is none of those that are taken.
    private static string? TypeOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
            return null;
        var name = type.MediaType.ToString().ToLowerInvariant();
        return name == JsonType || YamlTypes.Contains(name) ? name : null;
    }

    private static bool TryExpected(StringValues header, out long? expected)
    {
        expected = null;
        if (header.Count == 0)
            return true;
        var isVersion = header is [['"', .. var version, '"']] && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (expected = number) >= 0;
        return isVersion;
    }
}
