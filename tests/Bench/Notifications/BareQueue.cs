using System.Diagnostics;
using Azure.Storage.Queues;

namespace Serverless.Bench.Notifications;

/// <summary>What the queue below does alone: messages put on it, received and deleted, as many at once as the room does.</summary>
internal static class BareQueue
{
    private const int Clients = 16;
    private const int Receive = 32;

    /// <summary>Messages a second, there and back.</summary>
    public static async Task<double> RateAsync(string connection, string name, int messages, string body)
    {
        var queue = new QueueClient(connection, name);
        await queue.CreateIfNotExistsAsync();
        var startedAt = Stopwatch.GetTimestamp();
        var (sent, received) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            while (Interlocked.Increment(ref sent) <= messages)
                await queue.SendMessageAsync(body);
        }).Concat(Enumerable.Range(0, 1).Select(async _ =>
        {
            while (received < messages)
            {
                var some = (await queue.ReceiveMessagesAsync(Receive)).Value;
                await Task.WhenAll(some.Select(message => queue.DeleteMessageAsync(message.MessageId, message.PopReceipt)));
                received += some.Length;
            }
        })));
        var rate = messages / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        await queue.DeleteAsync();
        return rate;
    }
}
