using System.Globalization;
using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Queues;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// Puts requests off: those that a rule marked "queued" refuses are kept on a durable queue and carried out when the limit lets them, once. The sender is told 202 and where to ask. Only
/// requests that change something are, with bodies of at most 24 KiB.
/// </summary>
internal sealed class ReplayQueue(IMessageSender sender, ReplayStore store, FunctionCalls functions, TimeProvider clock, Random random)
{
    /// <summary>The queue's name.</summary>
    public const string Name = "limits-replay";

    /// <summary>A request that could not be carried out for so long never is: 1 hour.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>Hexadecimal digits of an id: 32, of 128 random bits.</summary>
    public const int IdDigits = 32;

    private const int MostJitterMilliseconds = 1_000;

    /// <summary>The answer 202; null when this request cannot be put off, and nothing was.</summary>
    public async Task<IResult?> TryPutOffAsync(HttpContext http, string function, Caller caller, TimeSpan retryAfter)
    {
        var method = http.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || !functions.Has(function))
            return null;
        if (await BoundedBody.ReadAsync(http.Request, ReplayMessage.MostBytes) is not { } body)
            return null;
        var id = SecureRandom.Next64(random).ToString("x16", CultureInfo.InvariantCulture) + SecureRandom.Next64(random).ToString("x16", CultureInfo.InvariantCulture);
        var message = ReplayMessage.Of(http, id, function, caller, body, clock.GetUtcNow());

        // Known before it can be carried out.
        var record = new ReplayRecord(ReplayStage.Queued, OwnerOf(caller), message.Since);
        if (await store.ReadAsync(id, http.RequestAborted) is not { } blank || await ReplayStore.WriteAsync(blank, record, http.RequestAborted) is not RowCommit.Done)
            return null;
        await SendAsync(message, retryAfter, http.RequestAborted);
        http.Response.Headers.Location = $"/api/replays/{id}";
        return Results.Json(new { id, status = "queued", href = $"/api/replays/{id}" }, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>Puts it off once more.</summary>
    public Task SendAsync(ReplayMessage message, TimeSpan after, CancellationToken cancellationToken)
    {
        var due = clock.GetUtcNow() + after + TimeSpan.FromMilliseconds(random.Next(MostJitterMilliseconds));
        return sender.SendAsync(Name, [new OutgoingMessage($"{message.Id}-{due.UtcTicks.ToString("x", CultureInfo.InvariantCulture)}", BinaryData.FromObjectAsJson(message), due)], cancellationToken);
    }

    /// <summary>How the owner of a request is written.</summary>
    public static string OwnerOf(Caller caller) => caller is Caller.Service ? $"app:{caller.Id}" : $"user:{caller.Id}";
}
