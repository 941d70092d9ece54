using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>Outcomes as HTTP.</summary>
internal static class LimitRulesAnswers
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static IResult Of(string domain, StoredRulesRead result, HttpRequest request) => result switch
    {
        StoredRulesRead.Found(var rules) => Of(rules, request),
        StoredRulesRead.Missing => Problems.NotFound("unknown-domain", $"No rules are stored for the domain {domain}."),
        StoredRulesRead.Unreadable => Unavailable("The rules were stored by a newer version of this app, which this instance cannot read."),
        _ => Unavailable("Too few nodes answer to tell the rules."),
    };

    public static IResult Of(LimitRuleSet rules, StoredRulesWrite result, HttpRequest request)
    {
        switch (result)
        {
            case StoredRulesWrite.Stored(var version):
                Tag(request, version);
                return Results.Json(new { domain = rules.Domain, version, rules = rules.Rules.Count });
            case StoredRulesWrite.VersionConflict(var current):
                return Problems.Of(
                    StatusCodes.Status412PreconditionFailed, "version-conflict", "The rules were changed meanwhile",
                    $"Version {current} is stored, and If-Match names another. Nothing was stored: read the rules again.", new Dictionary<string, object?> { ["version"] = current });
            default:
                return Unavailable("Too few nodes hold the rules. They may still take effect: read them before you repeat this.");
        }
    }

    public static IResult Of(IReadOnlyList<LimitRulesProblem> problems) => Problems.Of(
        StatusCodes.Status400BadRequest, "bad-rules", "The rules cannot be understood",
        $"Line {problems[0].Line}: {problems[0].Message} Nothing was stored.",
        new Dictionary<string, object?> { ["errors"] = problems.Select(problem => new { line = problem.Line, column = problem.Column, message = problem.Message }).ToList() });

    private static IResult Of(StoredRules rules, HttpRequest request)
    {
        Tag(request, rules.Version);
        request.HttpContext.Response.Headers.Vary = HeaderNames.Accept;
        var (text, type) = (rules.Text.ToArray(), rules.ContentType);
        var wanted = Wanted(request);
        if (rules.Format == LimitRulesFormat.Yaml && wanted == LimitRulesRequest.JsonType && RulesJsonText.Of(rules.Text) is { } json)
            (text, type) = (json, wanted);
        else if (rules.Format == LimitRulesFormat.Json && wanted is not null)
            type = wanted;
        return Results.Bytes(text, $"{type}; charset=utf-8");
    }

    // Of the types that rules may have, the one that the caller likes best; null when it names another before, or none. JSON is YAML too.
    private static string? Wanted(HttpRequest request)
    {
        var best = request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1).FirstOrDefault()?.MediaType.ToString().ToLowerInvariant();
        return best == LimitRulesRequest.JsonType || LimitRulesRequest.YamlTypes.Contains(best) ? best : null;
    }

    private static void Tag(HttpRequest request, long version) => request.HttpContext.Response.Headers.ETag = $"\"{version}\"";

    private static IResult Unavailable(string detail) => Problems.Unavailable("rules-unavailable", "The rules are out of reach", detail, RetryAfter);
}
