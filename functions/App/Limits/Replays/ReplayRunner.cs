using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// Carries out a request that was put off: when the limits of its sender let it, and once. The queue delivers at least once, so who claims the request's row first carries it
/// out; should that instance die on the way it is not repeated, since nobody knows how far it came.
/// </summary>
public sealed partial class ReplayRunner
{
    /// <summary>The queue's name.</summary>
    public const string Queue = ReplayQueue.Name;

    private const int MostTries = 5;

    private readonly ApiGuard _guard;
    private readonly ReplayQueue _queue;
    private readonly ReplayStore _store;
    private readonly FunctionCalls _functions;
    private readonly AccessTable _access;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly ILogger<ReplayRunner> _logger;

    internal ReplayRunner(
        ApiGuard guard, ReplayQueue queue, ReplayStore store, FunctionCalls functions, AccessTable access, TimeProvider clock, Random random, ILogger<ReplayRunner> logger) =>
        (_guard, _queue, _store, _functions, _access, _clock, _random, _logger) = (guard, queue, store, functions, access, clock, random, logger);

    /// <summary>Carries it out, puts it off again, or gives it up; throws when the storage does not answer, so that the queue delivers it again.</summary>
    public async Task RunAsync(ReplayMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await _store.ReadAsync(message.Id, cancellationToken) is not { } stored)
            throw new InvalidOperationException($"What became of request {message.Id} cannot be told now.");

        // Without a record its home lost it, and what remains of the request is this message.
        var record = stored.Record ?? new ReplayRecord(ReplayStage.Queued, ReplayQueue.OwnerOf(message.Caller), message.Since);
        if (record.Stage != ReplayStage.Queued)
            return;
        if (_clock.GetUtcNow() - message.Since > ReplayQueue.Life)
            await WriteAsync(stored, record with { Stage = ReplayStage.Expired }, cancellationToken);
        else if (await _guard.WaitOfAsync(message.Function, message.Caller, cancellationToken) is { } wait)
            await _queue.SendAsync(message, wait, cancellationToken);
        else if (await WriteAsync(stored, record with { Stage = ReplayStage.Running, Claim = SecureRandom.Next64(_random) }, cancellationToken) is { } claimed)
            await FinishAsync(claimed, await AnswerAsync(message));
    }

    // Whoever writes first has it: what was read is written once. Null when somebody else did.
    private async Task<StoredReplay?> WriteAsync(StoredReplay stored, ReplayRecord record, CancellationToken cancellationToken)
    {
        switch (await ReplayStore.WriteAsync(stored, record, cancellationToken))
        {
            case RowCommit.Done(var etags):
                return stored with { Record = record, ETag = etags[0] };
            case RowCommit.Refused:
                return null;
            case RowCommit.Uncertain when await _store.ReadAsync(stored.Id, cancellationToken) is { Record: { } now } read && now == record:
                return read;
            default:
                throw new InvalidOperationException($"What becomes of request {stored.Id} cannot be written now.");
        }
    }

    private async Task FinishAsync(StoredReplay claimed, ReplayAnswer answer)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await ReplayStore.WriteAsync(claimed, claimed.Record! with { Stage = ReplayStage.Done, Answer = answer }, CancellationToken.None) is RowCommit.Done or RowCommit.Refused)
                return;
            await Task.Delay(TimeSpan.FromSeconds(1 << tries), _clock, CancellationToken.None);
        }

        LogUnwritten(claimed.Id, answer.Status);
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
        return new ReplayAnswer(http.Response.StatusCode, http.Response.ContentType, body[..Math.Min(body.Length, ReplayAnswer.MostBytes)]);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Function {Function} failed; it was put off as {Id}")]
    private partial void LogFailure(Exception failure, string function, string id);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Id} was carried out and answered {Status}, but that could not be stored")]
    private partial void LogUnwritten(string id, int status);
}
