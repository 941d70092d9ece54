using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>Templates over HTTP.</summary>
public sealed class TemplateFunctions(TemplateStore templates)
{
    private const int MostBytes = 96 * 1024;

    [Function("templates-put")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Writes a template", Description = "In Liquid, for each language and channel. Whatever changes something makes the next version; versions stay as they are. Values are encoded in HTML, so none is taken for markup.")]
    [Body("application/json", "{\"parameters\": {\"name\": {\"type\": \"string\", \"required\": true, \"maxLength\": 50}}, \"locales\": {\"en\": {\"push\": {\"title\", \"body\"}, \"sms\": {\"body\"}, \"email\": {\"subject\", \"body\", \"html\"}, \"inapp\": {\"title\", \"body\"}}, \"ko\": {…}}, \"fallback\": \"en\"}, at most 96 KiB")]
    [Answer(200, "It is the latest version already", "application/json")]
    [Answer(201, "The new version", "application/json")]
    [Answer(400, "bad-field, with the field's path; bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "templates/{name}")] HttpRequest request, string name)
    {
        if (!TemplateNames.IsName(name) || name == TemplateNames.Literal)
            return Problems.BadField("name", $"A template's name has 1 to 64 of a-z, 0-9 and -, and is not {TemplateNames.Literal}. Nothing was stored.");
        var (source, refusal) = await ReadBody.AsAsync(request, MostBytes, TemplateReading.Read);
        if (source is null)
            return refusal!;
        if (Template.Of(name, 1, source).Problem is var (field, detail))
            return Problems.BadField(field, $"{detail} Nothing was stored.");
        return await templates.WriteAsync(name, source, request.HttpContext.RequestAborted) switch
        {
            TemplateWrite.Made(var version) => Results.Json(new { name, version }, statusCode: StatusCodes.Status201Created),
            TemplateWrite.Same(var version) => Results.Json(new { name, version }),
            TemplateWrite.TooLarge => Problems.TooLarge("The template does not fit. Nothing was stored."),
            TemplateWrite.NoQuorum(var answered, var needed) => LedgerAnswers.NoQuorum(answered, needed),
            _ => throw new InvalidOperationException("A write is one of four."),
        };
    }

    [Function("templates-get")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Reads a template")]
    [Query("version", "Which; default: the latest", Type = "integer")]
    [Answer(200, "The template with its version", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(404, "unknown-template")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "templates/{name}")] HttpRequest request, string name)
    {
        int? version = null;
        if (request.Query.TryGetValue("version", out var text))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                return Problems.BadField("version", "version must be a whole number from 1.");
            version = number;
        }

        if (!TemplateNames.IsName(name))
            return Unknown();
        return await templates.ReadAsync(name, version, request.HttpContext.RequestAborted) switch
        {
            TemplateRead.Found(var template) => Results.Json(Of(template)),
            TemplateRead.NoQuorum(var answered, var needed) => LedgerAnswers.NoQuorum(answered, needed),
            _ => Unknown(),
        };
    }

    private static IResult Unknown() => Problems.NotFound("unknown-template", "There is no template of this name, or not this version of it.");

    private static object Of(Template template) => new
    {
        name = template.Name,
        version = template.Version,
        parameters = template.Source.Parameters.ToDictionary(one => one.Key, one => new
        {
            type = one.Value.Type.ToString().ToLowerInvariant(),
            required = one.Value.Required,
            maxLength = one.Value.MaxLength,
            @default = one.Value.Default,
        }),
        locales = template.Source.Locales.ToDictionary(one => one.Key, one => one.Value.ToDictionary(part => part.Key.Name(), part => PartOf(part.Key, part.Value))),
        fallback = template.Source.Fallback,
    };

    private static object PartOf(Channel channel, TemplatePart part) => channel switch
    {
        Channel.Sms => new { body = part.Body },
        Channel.Email => new { subject = part.Title, body = part.Body, html = part.Html },
        _ => new { title = part.Title, body = part.Body },
    };
}
