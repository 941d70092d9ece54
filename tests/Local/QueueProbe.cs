using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Local.Host;
using Serverless.Queues;

namespace Serverless.Tests.Local;

public sealed record QueueNote(string Text, int Number = 0);

/// <summary>One delivery as the function saw it.</summary>
public sealed record Delivery(string Body, IReadOnlyDictionary<string, object?> Data);

/// <summary>What the queue functions under test do, and what reached them.</summary>
public sealed class QueueProbe
{
    public Channel<Delivery> Deliveries { get; } = Channel.CreateUnbounded<Delivery>();

    public Channel<Delivery> DeadLetters { get; } = Channel.CreateUnbounded<Delivery>();

    public Channel<QueueNote[]> Batches { get; } = Channel.CreateUnbounded<QueueNote[]>();

    /// <summary>Runs inside the function after its delivery was noted.</summary>
    public Func<QueueNote, Task> Work { get; set; } = _ => Task.CompletedTask;
}

public class QueueProbeFunctions(QueueProbe probe)
{
    [Function("probe-note")]
    public async Task NoteAsync([ServiceBusTrigger("%Probe%")] QueueNote note, FunctionContext context, CancellationToken cancellationToken)
    {
        await probe.Deliveries.Writer.WriteAsync(new Delivery(note.Text, context.BindingContext.BindingData), cancellationToken);
        await probe.Work(note);
    }

    [Function("probe-dead")]
    public async Task DeadAsync([ServiceBusTrigger("%Probe%-dead")] string body, FunctionContext context) =>
        await probe.DeadLetters.Writer.WriteAsync(new Delivery(body, context.BindingContext.BindingData), CancellationToken.None);
}

public class QueueBatchFunctions(QueueProbe probe)
{
    [Function("probe-batch")]
    public async ValueTask BatchAsync([ServiceBusTrigger("%Probe%", IsBatched = true)] QueueNote[] notes) =>
        await probe.Batches.Writer.WriteAsync(notes);
}

/// <summary>A head with a queue of its own for one test.</summary>
public sealed class QueueHead : IAsyncDisposable
{
    private static int _queues;

    private readonly WebApplication _head;

    private QueueHead(WebApplication head, string queue) => (_head, Queue) = (head, queue);

    public string Queue { get; }

    public QueueProbe Probe => _head.Services.GetRequiredService<QueueProbe>();

    public static async Task<QueueHead> StartAsync(string storage, Type functions, HostJson? host = null, QueueOptions? options = null)
    {
        var queue = $"probe-{Interlocked.Increment(ref _queues)}";
        var head = LocalHead.Create(new LocalHeadOptions
        {
            Url = "http://127.0.0.1:0",
            StorageConnectionString = storage,
            Functions = FunctionCatalog.OfTypes(functions),
            Settings = new Dictionary<string, string?>(HeadSettings.Least) { ["Probe"] = queue },
            Host = host,
            Queues = options ?? new QueueOptions(),
            ConfigureServices = services => services.AddSingleton<QueueProbe>().AddLogging(log => log.ClearProviders()),
        });
        await head.StartAsync(TestContext.Current.CancellationToken);
        return new QueueHead(head, queue);
    }

    public Task SendAsync(params OutgoingMessage[] messages) =>
        _head.Services.GetRequiredService<IMessageSender>().SendAsync(Queue, messages, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _head.StopAsync(CancellationToken.None);
        await _head.DisposeAsync();
    }
}
