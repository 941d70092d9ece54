using System.Text;
using System.Text.Json;
using Serverless.Local.Host;
using Serverless.Queues;

namespace Serverless.Tests.Local;

public class QueueTriggersTests(SharedCloud shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_with_its_binding_data_as_text()
    {
        await using var head = await StartAsync();

        await head.SendAsync(new OutgoingMessage("m1", Json("""{"TEXT":"안녕 😀"}"""), null, new Dictionary<string, string> { ["tier"] = "gold" }));

        var delivery = await head.Probe.Deliveries.Reader.ReadAsync(Cancel);
        Assert.Equal("안녕 😀", delivery.Body);
        Assert.Equal(("m1", "1"), (delivery.Data["MessageId"], delivery.Data["DeliveryCount"]));
        Assert.StartsWith("\"20", (string)delivery.Data["EnqueuedTimeUtc"]!, StringComparison.Ordinal);
        Assert.Equal("""{"tier":"gold"}""", delivery.Data["ApplicationProperties"]);
    }

    [Fact]
    public async Task A_message_that_keeps_failing_is_delivered_again_and_then_a_dead_letter()
    {
        await using var head = await StartAsync(options: new QueueOptions { MaxDeliveryCount = 3 });
        head.Probe.Work = _ => throw new InvalidOperationException("on purpose");

        await head.SendAsync(new OutgoingMessage("m1", Json("""{"Text":"a"}""")));

        var dead = await head.Probe.DeadLetters.Reader.ReadAsync(Cancel);
        Assert.Equal("""{"Text":"a"}""", dead.Body);
        Assert.Equal("m1", dead.Data["MessageId"]);
        Assert.Equal(("MaxDeliveryCountExceeded", "InvalidOperationException: on purpose"), Reason(dead));
        Assert.Equal(["1", "2", "3"], Deliveries(head).Select(d => d.Data["DeliveryCount"]));
    }

    [Theory]
    [InlineData("no json at all")]
    [InlineData("null")]
    [InlineData("""{"Text":7}""")]
    public async Task A_body_that_cannot_be_read_is_a_dead_letter_at_once(string body)
    {
        await using var head = await StartAsync();

        await head.SendAsync(new OutgoingMessage("m1", Json(body)));

        var dead = await head.Probe.DeadLetters.Reader.ReadAsync(Cancel);
        Assert.Equal(body, dead.Body);
        Assert.Equal("Unreadable", Reason(dead).Reason);
        Assert.Empty(Deliveries(head));
    }

    [Fact]
    public async Task A_scheduled_message_does_not_arrive_before_its_time()
    {
        await using var head = await StartAsync();
        var due = TimeProvider.System.GetUtcNow().AddSeconds(0.6);

        await head.SendAsync(new OutgoingMessage("later", Json("""{"Text":"later"}"""), due), new OutgoingMessage("now", Json("""{"Text":"now"}""")));

        Assert.Equal("now", (await head.Probe.Deliveries.Reader.ReadAsync(Cancel)).Body);
        Assert.Equal("later", (await head.Probe.Deliveries.Reader.ReadAsync(Cancel)).Body);
        Assert.True(TimeProvider.System.GetUtcNow() >= due);
    }

    [Fact]
    public async Task A_lock_is_renewed_while_the_function_runs()
    {
        await using var head = await StartAsync(options: new QueueOptions { LockDuration = TimeSpan.FromSeconds(2) });
        var release = new TaskCompletionSource();
        head.Probe.Work = note => note.Text == "long" ? release.Task : Task.CompletedTask;

        // The second message, two locks later, is the event that ends the first one's work.
        await head.SendAsync(
            new OutgoingMessage("long", Json("""{"Text":"long"}""")),
            new OutgoingMessage("end", Json("""{"Text":"end"}"""), TimeProvider.System.GetUtcNow().AddSeconds(4)));

        Assert.Equal("long", (await head.Probe.Deliveries.Reader.ReadAsync(Cancel)).Body);
        Assert.Equal("end", (await head.Probe.Deliveries.Reader.ReadAsync(Cancel)).Body);
        release.SetResult();
    }

    [Fact]
    public async Task No_more_calls_run_at_once_than_host_json_allows()
    {
        await using var head = await StartAsync(new HostJson(MaxConcurrentCalls: 2));
        var both = new TaskCompletionSource();
        var (running, most) = (0, 0);
        head.Probe.Work = async _ =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (now == 2)
                both.TrySetResult();
            await both.Task;
            Interlocked.Decrement(ref running);
        };

        await head.SendAsync([.. Enumerable.Range(0, 20).Select(i => new OutgoingMessage($"m{i}", Json("""{"Text":"a"}""")))]);

        for (var i = 0; i < 20; i++)
            await head.Probe.Deliveries.Reader.ReadAsync(Cancel);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Batches_keep_to_their_size_and_leave_out_what_cannot_be_read()
    {
        await using var head = await QueueHead.StartAsync(shared.Storage, typeof(QueueBatchFunctions), new HostJson(MaxMessageBatchSize: 10));

        await head.SendAsync([
            new OutgoingMessage("bad", Json("bad")),
            .. Enumerable.Range(0, 40).Select(i => new OutgoingMessage($"m{i}", Json($$"""{"Text":"a","Number":{{i}}}""")))]);

        var numbers = new List<int>();
        while (numbers.Count < 40)
        {
            var batch = await head.Probe.Batches.Reader.ReadAsync(Cancel);
            Assert.InRange(batch.Length, 1, 10);
            numbers.AddRange(batch.Select(n => n.Number));
        }

        Assert.Equal(Enumerable.Range(0, 40), numbers.Order());
    }

    [Fact]
    public async Task The_largest_body_fits_whatever_is_in_it_and_a_larger_message_is_refused()
    {
        await using var head = await StartAsync();
        var text = string.Concat(Enumerable.Repeat("한\\\"<&>", 5400));
        var body = Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}""");
        Assert.InRange(body.Length, 42 * 1024, 48 * 1024);

        await head.SendAsync(new OutgoingMessage("large", new BinaryData(body)));
        Assert.Equal(text.Replace("\\\"", "\"", StringComparison.Ordinal), (await head.Probe.Deliveries.Reader.ReadAsync(Cancel)).Body);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            head.SendAsync(new OutgoingMessage("huge", Json($"\"{new string('x', 63 * 1024)}\""))));
        Assert.Contains("The message huge", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_scheduled_more_than_seven_days_ahead_is_refused()
    {
        await using var head = await StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() =>
            head.SendAsync(new OutgoingMessage("m", Json("{}"), TimeProvider.System.GetUtcNow().AddDays(8))));
    }

    [Fact]
    public async Task Sending_fails_soon_when_the_storage_is_down()
    {
        var sender = new AzuriteMessageSender(new AzuriteQueues(SharedCloud.NoStorage), TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();

        await Assert.ThrowsAnyAsync<Exception>(() => sender.SendAsync("queue", [new OutgoingMessage("m", Json("{}"))], Cancel));

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private Task<QueueHead> StartAsync(HostJson? host = null, QueueOptions? options = null) =>
        QueueHead.StartAsync(shared.Storage, typeof(QueueProbeFunctions), host, options);

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private static BinaryData Json(string text) => BinaryData.FromString(text);

    private static (string Reason, string Description) Reason(Delivery dead)
    {
        var properties = JsonSerializer.Deserialize<Dictionary<string, string>>((string)dead.Data["ApplicationProperties"]!)!;
        return (properties["DeadLetterReason"], properties["DeadLetterErrorDescription"]);
    }

    private static List<Delivery> Deliveries(QueueHead head)
    {
        var deliveries = new List<Delivery>();
        while (head.Probe.Deliveries.Reader.TryRead(out var delivery))
            deliveries.Add(delivery);
        return deliveries;
    }
}
