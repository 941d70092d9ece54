using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>The rules of a domain over HTTP.</summary>
public sealed class LimitRulesFunctions(LimitRulesStore store, LimitRulesView view)
{
    [Function("limits-rules-get")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Reads the rules of a domain", Description = "As they were sent; with Accept: application/json as JSON. The ETag is their version.")]
    [Header("Accept", "application/json has YAML answered as JSON; default: as it was sent")]
    [Answer(200, "The rules", "application/yaml", "application/json")]
    [Answer(400, "bad-domain")]
    [Answer(404, "unknown-domain")]
    [Answer(503, "rules-unavailable")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "limits/{domain}/rules")] HttpRequest request, string domain) =>
        LimitRulesRequest.RefuseDomain(domain) ?? LimitRulesAnswers.Of(domain, await store.GetAsync(domain, request.HttpContext.RequestAborted), request);

    [Function("limits-rules-put")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Replaces the rules of a domain", Description = "In force everywhere within 5 s.")]
    [Header("If-Match", "The version that is replaced, such as \"3\"; \"0\": none. Default: whichever is there")]
    [Body("application/yaml", "The rules, as YAML or as application/json: up to 256 KiB")]
    [Answer(200, "The new version, and how many rules there are", "application/json")]
    [Answer(400, "bad-domain, bad-if-match, bad-rules")]
    [Answer(412, "version-conflict")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "rules-unavailable")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "limits/{domain}/rules")] HttpRequest request, string domain)
    {
        var (parsed, refusal) = await LimitRulesRequest.ParseAsync(request, domain);
        if (parsed is null)
            return refusal!;
        var result = await store.PutAsync(parsed.Rules, parsed.Text, parsed.ContentType, parsed.Expected, request.HttpContext.RequestAborted);
        view.Expire(domain);
        return LimitRulesAnswers.Of(parsed.Rules, result, request);
    }
}
