namespace Serverless.Local.Host;

/// <summary>Delivers received messages to their function and settles them by its outcome.</summary>
internal sealed partial class QueueDelivery(
    QueueFunction function, QueueOptions options, IServiceScopeFactory scopes, InvocationIds ids, ILogger log)
{
    private readonly FunctionInvoker _invoker = new(function);

    /// <summary>One call with one message.</summary>
    public async Task DeliverAsync(LockedMessage message, CancellationToken cancellationToken)
    {
        if (message.LockLost || await ReadAsync(message) is not { } body)
            return;
        var failure = await InvokeAsync(body, MessageBinding.DataOf(message), cancellationToken);
        await SettleAsync(message, failure, cancellationToken);
    }

    /// <summary>One call with all messages that can be read; they are settled alike.</summary>
    public async Task DeliverBatchAsync(IReadOnlyList<LockedMessage> messages, CancellationToken cancellationToken)
    {
        var readable = new List<LockedMessage>();
        var bodies = new List<object>();
        foreach (var message in messages)
        {
            if (await ReadAsync(message) is not { } body)
                continue;
            readable.Add(message);
            bodies.Add(body);
        }

        if (bodies.Count == 0)
            return;
        var batch = Array.CreateInstance(function.MessageType, bodies.Count);
        for (var i = 0; i < bodies.Count; i++)
            batch.SetValue(bodies[i], i);
        var failure = await InvokeAsync(batch, MessageBinding.DataOf(readable), cancellationToken);
        foreach (var message in readable)
            await SettleAsync(message, failure, cancellationToken);
    }

    /// <summary>The body, or null after the message became a dead letter.</summary>
    private async Task<object?> ReadAsync(LockedMessage message)
    {
        if (message.DeliveryCount > options.MaxDeliveryCount)
        {
            await DeadLetterAsync(message, "MaxDeliveryCountExceeded", "Its last delivery ended without an outcome.");
            return null;
        }

        var (value, error) = MessageBinding.Read(message, function.MessageType);
        if (error is not null)
            await DeadLetterAsync(message, "Unreadable", error);
        return value;
    }

    private async Task<Exception?> InvokeAsync(object trigger, Dictionary<string, object?> data, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new LocalFunctionContext(_invoker.Definition, ids.Next(), scope.ServiceProvider, data, cancellationToken);
        try
        {
            await _invoker.RunAsync(context, trigger);
            return null;
        }
        catch (Exception failed)
        {
            FunctionFailed(log, function.Name, context.InvocationId, failed);
            return failed;
        }
    }

    private async Task SettleAsync(LockedMessage message, Exception? failure, CancellationToken cancellationToken)
    {
        // A function that failed because the head stops is not to blame for it.
        var last = message.DeliveryCount >= options.MaxDeliveryCount && !cancellationToken.IsCancellationRequested;
        if (failure is not null && last)
            await DeadLetterAsync(message, "MaxDeliveryCountExceeded", $"{failure.GetType().Name}: {failure.Message}");
        else if (failure is not null)
            await message.AbandonAsync();
        else if (!await message.CompleteAsync())
            LockLost(log, function.Name, message.Envelope!.MessageId);
    }

    private async Task DeadLetterAsync(LockedMessage message, string reason, string description)
    {
        DeadLettered(log, function.Name, message.Envelope?.MessageId ?? message.StorageId, reason, description);
        await message.DeadLetterAsync(reason, description);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue function {Function} failed in invocation {Invocation}")]
    private static partial void FunctionFailed(ILogger log, string function, string invocation, Exception failed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue function {Function}: message {Message} outlived its lock and is delivered again")]
    private static partial void LockLost(ILogger log, string function, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue function {Function}: message {Message} is a dead letter now, {Reason}: {Description}")]
    private static partial void DeadLettered(ILogger log, string function, string message, string reason, string description);
}
