using System.Globalization;
using System.Text;
using System.Text.Json;
using Serverless.Http;

namespace Serverless.Local.Inbox;

/// <summary>What arrived at the local providers, and how they answer: the page /inbox and its data. For whoever is at this machine; the deployed app has none of it.</summary>
internal static class InboxEndpoints
{
    private const string Root = "/inbox";
    private const int DefaultPage = 200;
    private const int MostPage = 1_000;
    private const string PagePolicy = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

    // Nothing in a mail runs, loads or leads anywhere.
    private const string MailPolicy = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    public static void MapInbox(this IEndpointRouteBuilder routes, LocalProviders providers)
    {
        routes.MapGet(Root, (HttpContext http) => Page(http, "inbox.html", "text/html; charset=utf-8"));
        routes.MapGet($"{Root}/inbox.js", (HttpContext http) => Page(http, "inbox.js", "text/javascript; charset=utf-8"));
        routes.MapGet($"{Root}/messages", (HttpRequest request) => List(request, providers.Inbox));
        routes.MapGet($"{Root}/messages/{{number:long}}", (long number) => providers.Inbox.Find(number) is { } message ? Results.Json(Of(message, whole: true)) : Results.NotFound());
        routes.MapGet($"{Root}/messages/{{number:long}}/html", (HttpContext http, long number) => Mail(http, providers.Inbox.Find(number)));
        routes.MapDelete($"{Root}/messages", () =>
        {
            providers.Inbox.Clear();
            return Results.NoContent();
        });
        routes.MapGet($"{Root}/switches", () => Results.Json(providers.Switches.All.ToDictionary(one => one.Key, one => Of(one.Value))));
        routes.MapPut($"{Root}/switches/{{provider}}", (HttpRequest request, string provider) => SetAsync(request, provider, providers.Switches));
    }

    private static IResult Page(HttpContext http, string name, string type)
    {
        http.Response.Headers.ContentSecurityPolicy = PagePolicy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Stream(typeof(InboxEndpoints).Assembly.GetManifestResourceStream(name)!, type);
    }

    private static IResult Mail(HttpContext http, InboxMessage? message)
    {
        http.Response.Headers.ContentSecurityPolicy = MailPolicy;
        return message?.Arrival.Html is { } html ? Results.Text(html, "text/html", Encoding.UTF8) : Results.NotFound();
    }

    private static IResult List(HttpRequest request, Inbox inbox)
    {
        var (after, before, limit) = (Number(request, "after", 0), Number(request, "before", long.MaxValue), Number(request, "limit", DefaultPage));
        if (after is null || before is null || limit is null or < 1 or > MostPage)
            return Problems.BadRequest("bad-page", $"after and before must be whole numbers, and limit one from 1 to {MostPage}.");
        return Results.Json(new
        {
            messages = inbox.List(after.Value, Text(request, "provider"), Text(request, "to"), (int)limit.Value, before.Value).Select(message => Of(message, whole: false)),
            counts = inbox.Counts.ToDictionary(one => one.Key, one => new { taken = one.Value.Taken, refused = one.Value.Refused, repeated = one.Value.Repeated }),
        });
    }

    private static async Task<IResult> SetAsync(HttpRequest request, string provider, Switches switches)
    {
        if (!Switches.Providers.Contains(provider))
            return Problems.NotFound("unknown-provider", $"Providers are {string.Join(", ", Switches.Providers)}.");
        var (body, refusal) = await JsonBody.ReadAsync(request, 1024);
        if (body is null)
            return refusal!;
        using (body)
        {
            var answer = body.RootElement.TryGetProperty("answer", out var word) && word.ValueKind == JsonValueKind.String ? AnswerOf(word.GetString()!) : null;
            var percent = !body.RootElement.TryGetProperty("percent", out var share) ? 100 : share.ValueKind == JsonValueKind.Number && share.TryGetInt32(out var number) ? number : 0;
            var to = body.RootElement.TryGetProperty("to", out var part) && part.ValueKind == JsonValueKind.String && part.GetString() is { Length: > 0 } text ? text : null;
            if (answer is null || percent is < 1 or > 100)
                return Problems.BadRequest("bad-switch", "Send {\"answer\": \"ok\", \"429\", \"410\", \"500\" or \"timeout\", \"percent\": 1 to 100, \"to\": part of an address}.");
            switches.Set(provider, new Switch(answer.Value, percent, to));
            return Results.Json(Of(switches.All[provider]));
        }
    }

    private static SwitchAnswer? AnswerOf(string word) => word switch
    {
        "ok" => SwitchAnswer.Ok,
        "429" => SwitchAnswer.TooMany,
        "410" => SwitchAnswer.Gone,
        "500" => SwitchAnswer.Failing,
        "timeout" => SwitchAnswer.Timeout,
        _ => null,
    };

    private static object Of(Switch set) => new
    {
        answer = set.Answer switch { SwitchAnswer.TooMany => "429", SwitchAnswer.Gone => "410", SwitchAnswer.Failing => "500", SwitchAnswer.Timeout => "timeout", _ => "ok" },
        percent = set.Percent,
        to = set.To,
    };

    private static object Of(InboxMessage message, bool whole) => new
    {
        number = message.Number,
        at = message.At,
        provider = message.Arrival.Provider,
        to = message.Arrival.To,
        title = message.Arrival.Title,
        body = message.Arrival.Body,
        hasHtml = message.Arrival.Html is not null,
        delivery = message.Arrival.Delivery,
        answer = message.Answer,
        taken = message.IsTaken,
        repeats = message.Repeats,
        raw = whole ? message.Arrival.Raw : null,
    };

    private static string? Text(HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    private static long? Number(HttpRequest request, string name, long otherwise) =>
        !request.Query.TryGetValue(name, out var text) ? otherwise : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
