using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>Rules over HTTP.</summary>
public sealed class LimitRulesFunctions(LimitRulesStore store, LimitRulesView view)
{
    /// <summary>The longest rules: 256 KiB.</summary>
    private const int MostBytes = 256 * 1024;
    private const string Json = "application/json";
    private const string Yaml = "application/yaml";

    [Function("limits-rules-get")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Reads the rules of a domain", Description = "As they were written, with their version as ETag.")]
    [Answer(200, "The rules", Yaml, Json)]
    [Answer(404, "unknown-domain")]
    [Answer(503, "rules-unavailable")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "limits/{domain}/rules")] HttpRequest request, string domain)
    {
        if (!LimitRulesReader.IsName(domain))
            return LimitsAnswers.UnknownDomain(domain);
        if (await store.ReadAsync(domain, request.HttpContext.RequestAborted) is not { } read)
            return LimitsAnswers.RulesUnavailable;
        if (read.Rules is not { } rules)
            return LimitsAnswers.UnknownDomain(domain);
        request.HttpContext.Response.Headers.ETag = ETag(rules.Version);
        return Results.Text(rules.Text, rules.IsJson ? Json : Yaml, Encoding.UTF8);
    }

    [Function("limits-rules-put")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Stores the rules of a domain", Description = "In the shape of envoy's rate limit service. In force on every instance within 5 s. Nothing is stored when anything is wrong with them.")]
    [Header("If-Match", "The version that they replace, as its ETag; left out: whichever there is")]
    [Body(Yaml, "The rules: YAML, or JSON as application/json")]
    [Answer(200, "Stored", Json)]
    [Answer(400, "bad-rules, with line and column of each error; bad-version")]
    [Answer(404, "unknown-domain")]
    [Answer(412, "version-conflict")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "rules-unavailable")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "limits/{domain}/rules")] HttpRequest request, string domain)
    {
        if (!LimitRulesReader.IsName(domain))
            return LimitsAnswers.UnknownDomain(domain);
        if (IsJson(request.ContentType) is not { } isJson)
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "bad-content-type", "The content type is not taken", $"Send the rules as {Yaml} or {Json}.");
        long? expected = null;
        if (request.Headers.IfMatch.ToString() is { Length: > 0 } match)
        {
            if (!long.TryParse(match.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                return Problems.BadRequest("bad-version", "If-Match must be the ETag of a version, such as \"3\"; \"0\" when there must be none.");
            expected = version;
        }

        if (await BoundedBody.ReadAsync(request, MostBytes) is not { } body)
            return Problems.TooLarge($"Rules are {MostBytes / 1024} KiB at most.");
        var text = Encoding.UTF8.GetString(body);
        var (rules, problems) = LimitRulesReader.Read(text, isJson, domain);
        return rules is null
            ? LimitsAnswers.BadRules(problems)
            : Answer(await store.WriteAsync(domain, text, isJson, expected, request.HttpContext.RequestAborted), rules, request.HttpContext);
    }

    private IResult Answer(RulesWrite write, LimitRuleSet rules, HttpContext http)
    {
        switch (write)
        {
            case RulesWrite.Stored(var version):
                view.Forget(rules.Domain);
                http.Response.Headers.ETag = ETag(version);
                return Results.Json(new { domain = rules.Domain, version, rules = rules.Count });
            case RulesWrite.Conflict(var current):
                return Problems.Of(
                    StatusCodes.Status412PreconditionFailed, "version-conflict", "Another version is stored",
                    $"The rules of {rules.Domain} are at version {current}. Nothing was stored: read them again.");
            default:
                return LimitsAnswers.RulesUnavailable;
        }
    }

    private static string ETag(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    private static bool? IsJson(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        Json => true,
        Yaml or "application/x-yaml" or "text/yaml" => false,
        _ => null,
    };
}
