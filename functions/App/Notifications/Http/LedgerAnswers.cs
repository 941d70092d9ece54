using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>The ledger as HTTP.</summary>
internal static class LedgerAnswers
{
    /// <summary>Deliveries of one page when the caller does not say: 100.</summary>
    public const int DefaultPage = 100;

    /// <summary>Deliveries of one page at most: 1,000.</summary>
    public const int MostPage = 1_000;

    public static IResult Unknown() => Problems.NotFound("unknown-notification", "No notification of this id is kept.");

    public static IResult NoQuorum(int answered, int needed) =>
        Problems.NoQuorum(answered, needed, $"{answered} of the {needed} replicas needed answered in time; try again in a second.");

    /// <param name="found">What is known.</param>
    /// <param name="user">Only this recipient's deliveries; null: all.</param>
    /// <param name="after">Only what follows this delivery; null: from the first.</param>
    /// <param name="limit">The most of one page.</param>
    public static IResult Of(LedgerRead.Found found, string? user, string? after, int limit)
    {
        var (notification, shown) = (found.Notification, found.Entries.Where(entry => user is null || entry.Delivery.User == user).ToList());
        var page = After(shown, after).Take(limit).ToList();
        return Results.Json(new
        {
            id = notification.Id,
            status = found.IsDone ? "done" : found.Entries.Count > 0 ? "sending" : notification.NotBefore is not null ? "scheduled" : "accepted",
            accepted = notification.Accepted,
            rendered = notification.Accepted,
            category = notification.Category,
            template = notification.Template is { } template ? new { name = template.Name, version = template.Version } : null,
            priority = notification.Priority.ToString().ToLowerInvariant(),
            notBefore = notification.NotBefore,
            expires = notification.Expires,
            collapseKey = notification.CollapseKey,
            channels = notification.Channels.Select(channel => channel.Name()),
            recipients = notification.Recipients.Length,
            counts = CountsOf(Counts.Of([.. shown.Select(entry => entry.Delivery)])),
            deliveries = page.Select(Of),
            next = page.Count == limit && page.Count > 0 && page[^1] != shown[^1] ? page[^1].Name.ToString() : null,
        });
    }

    /// <summary>Counts as the API shows them.</summary>
    public static object CountsOf(Counts counts) => new
    {
        deliveries = counts.Deliveries,
        waiting = counts.Deliveries - counts.Delivered - counts.Failed - counts.Suppressed - counts.GivenUpInDoubt,
        delivered = counts.Delivered,
        failed = counts.Failed,
        suppressed = counts.Suppressed,
        unknown = counts.GivenUpInDoubt,
        inDoubt = counts.InDoubt,
        opened = counts.Opened,
        clicked = counts.Clicked,
    };

    private static IEnumerable<LedgerEntry> After(List<LedgerEntry> shown, string? after) =>
        after is not null && shown.FindIndex(entry => entry.Name.ToString() == after) is var at and >= 0 ? shown.Skip(at + 1) : shown;

    private static object Of(LedgerEntry entry)
    {
        var (delivery, carrier) = (entry.Delivery, entry.Name.Batch.Carrier);
        return new
        {
            id = entry.Name.ToString(),
            user = delivery.User,
            channel = carrier.Channel().Name(),
            device = delivery.Device,
            carrier = delivery.Device is null && carrier.Channel() == Channel.Push ? null : carrier.Name(),
            status = delivery.State.ToString().ToLowerInvariant(),
            why = delivery.Why,
            due = delivery.Due,
            queued = entry.Queued,
            attempts = delivery.Attempts.Select((attempt, number) => new
            {
                number = number + 1,
                at = attempt.At,
                provider = attempt.Provider,
                outcome = NameOf(attempt.Outcome),
                code = attempt.Code,
                id = attempt.Id,
            }),
            opened = delivery.Opened,
            clicked = delivery.Clicked,
        };
    }

    private static string NameOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Taken => "delivered",
        AttemptOutcome.Refused => "refused",
        AttemptOutcome.AddressDead => "address-dead",
        AttemptOutcome.Later => "retry-later",
        _ => "unknown",
    };
}
