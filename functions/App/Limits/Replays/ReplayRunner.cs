using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>
/// Carries out a request that was put off: when the limits of its sender let it, and once. The queue delivers at least once, so whoever claims the request first carries it out; should
/// that instance die on the way, it stays "queued" and is not repeated.
/// </summary>
public sealed partial class ReplayRunner
{
    /// <summary>The queue's name.</summary>
    public const string Queue = ReplayQueue.Name;

    private const int MostAnswerBytes = 32 * 1024;

    private readonly ApiGuard _guard;
    private readonly ReplayQueue _queue;
    private readonly ReplayStore _store;
    private readonly FunctionCalls _functions;
    private readonly AccessTable _access;
    private readonly TimeProvider _clock;
    private readonly ILogger<ReplayRunner> _logger;

    internal ReplayRunner(ApiGuard guard, ReplayQueue queue, ReplayStore store, FunctionCalls functions, AccessTable access, TimeProvider clock, ILogger<ReplayRunner> logger) =>
        (_guard, _queue, _store, _functions, _access, _clock, _logger) = (guard, queue, store, functions, access, clock, logger);

    /// <summary>Carries it out, puts it off again, or gives it up; throws when the storage does not answer, so that the queue delivers it again.</summary>
    public async Task RunAsync(ReplayMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var record = new ReplayRecord(ReplayStage.Queued, ReplayQueue.OwnerOf(message.Caller), message.Since);
        if (_clock.GetUtcNow() - message.Since > ReplayQueue.Life)
        {
            await WriteAsync(message, record with { Stage = ReplayStage.Expired }, cancellationToken);
            return;
        }

        if (await _guard.WaitOfAsync(message.Function, message.Caller, cancellationToken) is { } wait)
        {
            await _queue.SendAsync(message, wait, cancellationToken);
            return;
        }

        if (await _store.ClaimAsync(message.Id, cancellationToken) is not { } isMine)
            throw new InvalidOperationException($"Whether request {message.Id} was carried out cannot be told now.");
        if (isMine)
            await WriteAsync(message, record with { Stage = ReplayStage.Done, Answer = await AnswerAsync(message) }, cancellationToken);
    }

    private async Task<ReplayAnswer> AnswerAsync(ReplayMessage message)
    {
        var http = message.ToHttp();
        try
        {
            if (message.Caller.May(_access[message.Function], message.Route.GetValueOrDefault("user")))
                await _functions.RunAsync(message.Function, http);
            else
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogFailure(failure, message.Function, message.Id);
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        await http.Response.Body.FlushAsync(CancellationToken.None);
        var body = ((MemoryStream)http.Response.Body).ToArray();
        return new ReplayAnswer(http.Response.StatusCode, http.Response.ContentType, body[..Math.Min(body.Length, MostAnswerBytes)]);
    }

    private async Task WriteAsync(ReplayMessage message, ReplayRecord record, CancellationToken cancellationToken)
    {
        if (!await _store.WriteAsync(message.Id, record, cancellationToken))
            LogUnwritten(message.Id, record.Stage);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Function {Function} failed; it was put off as {Id}")]
    private partial void LogFailure(Exception failure, string function, string id);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Id} is {Stage}, but that could not be stored")]
    private partial void LogUnwritten(string id, ReplayStage stage);
}
