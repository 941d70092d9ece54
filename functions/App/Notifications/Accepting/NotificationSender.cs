using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Ids;

namespace Serverless.Notifications;

/// <summary>Takes a request to send: checks it whole against people, templates and providers, and only then has it accepted.</summary>
public sealed class NotificationSender
{
    private readonly Acceptance _acceptance;
    private readonly AcceptanceCheck _check;
    private readonly Uuid7Generator _ids;
    private readonly TimeProvider _clock;

    internal NotificationSender(Acceptance acceptance, AcceptanceCheck check, Uuid7Generator ids, TimeProvider clock) =>
        (_acceptance, _check, _ids, _clock) = (acceptance, check, ids, clock);

    internal async Task<IResult> SendAsync(HttpRequest request)
    {
        if (await BoundedBody.ReadAsync(request, NotificationRequest.MostBytes) is not { } bytes)
            return Problems.TooLarge($"A notification has at most {NotificationRequest.MostBytes / 1024} KiB. Nothing was stored.");
        request.Body = new MemoryStream(bytes, writable: false);
        var now = _clock.GetUtcNow();
        var (wanted, refusal) = await ReadBody.AsAsync(request, NotificationRequest.MostBytes, body => NotificationRequest.Read(body, now));
        if (wanted is null)
            return refusal!;

        var sender = Caller.Of(request.HttpContext)!.Id;
        var checking = await _check.RunAsync(wanted, IdOf(sender, request.Headers[IdempotentFunctions.KeyHeader]), sender, Convert.ToHexStringLower(SHA256.HashData(bytes)), now, request.HttpContext.RequestAborted);
        if (checking.Refusal is { } wrong)
            return wrong;
        return await _acceptance.AcceptAsync(checking.Notification!, request.HttpContext.RequestAborted) switch
        {
            AcceptResult.Accepted(var accepted) => Results.Json(
                new { id = accepted.Id, href = $"/api/notifications/{accepted.Id}", recipients = accepted.Recipients.Length, suppressed = checking.Suppressed }, statusCode: StatusCodes.Status202Accepted),
            AcceptResult.Taken => Problems.Conflict("id-taken", $"The {IdempotentFunctions.KeyHeader} named another notification, which is still kept. Nothing was stored; use another key."),
            AcceptResult.TooLarge => Problems.TooLarge("The notification does not fit. Nothing was stored."),
            AcceptResult.Full => Problems.Unavailable("backlog-full", "Too much is waiting", "So many notifications are not done that no more are taken. Nothing was stored.", OpenSweeper.Patience),
            AcceptResult.NoQuorum(var answered, var needed) => Problems.NoQuorum(
                answered, needed, $"{answered} of the {needed} replicas needed answered in time. With an {IdempotentFunctions.KeyHeader} send it again: it is one notification either way."),
            _ => throw new InvalidOperationException("An acceptance is one of five."),
        };
    }

    // With a key, named by the key: a request whose answer was lost, and the next one, are the same notification even where nobody remembers the first.
    private string IdOf(string sender, string? key) => key is { Length: > 0 }
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"notification:{sender.Length}:{sender}:{key}"))))[..32]
        : _ids.Next().ToString("n");
}
