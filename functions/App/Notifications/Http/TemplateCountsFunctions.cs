using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>Counts of deliveries by template, channel and hour, over HTTP.</summary>
public sealed class TemplateCountsFunctions(CountStore counts, TimeProvider clock)
{
    private const int MostHours = 168;
    private const int DefaultHours = 24;

    [Function("templates-counts")]
    [Access(Access.Services | Access.Operators)]
    [Operation("Counts a template's deliveries by channel and hour", Description = "Each hour counts what became known in it, so a delivery that waits is counted as one there, and as delivered in a later hour. What has literal text is counted as \"literal\".")]
    [Query("from", "The first hour, RFC 3339; default: 24 hours ago")]
    [Query("hours", "1 to 168; default 24", Type = "integer")]
    [Answer(200, "Hours in which something was counted", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "templates/{name}/counts")] HttpRequest request, string name)
    {
        var (hours, from) = (DefaultHours, clock.GetUtcNow() - TimeSpan.FromHours(DefaultHours - 1));
        if (request.Query.TryGetValue("hours", out var number) && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out hours) || hours is < 1 or > MostHours))
            return Problems.BadField("hours", $"hours must be a whole number from 1 to {MostHours}.");
        if (request.Query.TryGetValue("from", out var text) && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out from))
            return Problems.BadField("from", "from must be a time as RFC 3339 has it, such as 2026-01-31T08:00:00Z.");
        if (!TemplateNames.IsName(name))
            return Problems.BadField("name", "A template's name has 1 to 64 of a-z, 0-9 and -.");

        var rows = new List<object>();
        for (var hour = CountStore.HourOf(from); rows.Count < MostHours && hours > 0; hour += TimeSpan.FromHours(1), hours--)
        {
            if (await counts.ReadAsync(name, hour, request.HttpContext.RequestAborted) is not { } channels)
                return LedgerAnswers.NoQuorum(0, 0);
            if (channels.Count > 0)
                rows.Add(new { hour, channels = channels.OrderBy(one => one.Key).ToDictionary(one => one.Key.Name(), one => LedgerAnswers.CountsOf(one.Value)) });
        }

        return Results.Json(new { template = name, hours = rows });
    }
}
