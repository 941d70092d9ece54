using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Local.Chat;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Local.Realtime;
using Serverless.Replication;

namespace Serverless.Bench.Chat;

/// <summary><c>bench chat</c>: from sending a message to its being on the devices of a room of a hundred, beside the least that a server could do: one strict write and a bare SignalR group.</summary>
internal static class ChatBench
{
    private const int Members = 100;
    private const int WarmUp = 30;
    private const int Messages = 400;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(string[] args)
    {
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        await using var head = await CloudHead.StartAsync(cloud, 0, null, CancellationToken.None);
        var people = await Task.WhenAll(Enumerable.Range(0, Members).Select(number => ChatApi.SignInAsync(head.Address, $"user-{number}", CancellationToken.None)));
        var room = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("D");
        using (var opened = await people[0].PutAsync($"rooms/{room}", new { name = "Everybody", members = people[1..].Select(person => person.User) }, CancellationToken.None))
            opened.EnsureSuccessStatusCode();
        var (ours, floors) = (new Hearing(Members), new Hearing(Members));
        var devices = people.Select((person, number) => new ChatDevice([person], "device", TimeProvider.System, new Random(number)) { Heard = (_, one) => ours.Heard(one.Text) }).ToList();
        foreach (var some in devices.Chunk(10))
            await Task.WhenAll(some.Select(device => device.StartAsync()));
        await using var floor = await FloorServer.StartAsync(head.Services.GetRequiredService<StrictRegisters>(), Members, floors.Heard);
        var hub = head.Services.GetRequiredService<HeadHub>();
        var sends = 0L;
        for (var number = -WarmUp; number < Messages; number++)
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            await floors.WithinAsync(text, () => floor.SendAsync(text), number >= 0);
            var before = hub.GroupSends;
            await ours.WithinAsync(text, () => SayAsync(people[(number + WarmUp) % Members], room, text), number >= 0);
            sends += number >= 0 ? hub.GroupSends - before : 0;
        }

        Console.WriteLine($"{Messages} messages to a room of {Members}, each on a device of its own, one after the other; from sending to hearing:");
        Console.WriteLine($"  chat:  p50 {ours.Percentile(50):0.0} ms, p99 {ours.Percentile(99):0.0} ms");
        Console.WriteLine($"  floor: p50 {floors.Percentile(50):0.0} ms, p99 {floors.Percentile(99):0.0} ms (one strict write, and a bare SignalR group)");
        var ratios = new Ratios();
        ratios.AtMost("chat.p99.vs.floor", ours.Percentile(99) / floors.Percentile(99), 3);
        ratios.AtMost("chat.group.sends.per.message", (double)sends / Messages, 1);
        foreach (var device in devices)
            await device.DisposeAsync();
        return ratios.ExitCode;
    }

    private static async Task SayAsync(ChatApi person, string room, string text)
    {
        if (await person.SendAsync(room, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("D"), new { text }, CancellationToken.None) is null)
            throw new InvalidOperationException("A message was not acknowledged.");
    }

    /// <summary>When each of some listeners hears a text.</summary>
    private sealed class Hearing(int listeners)
    {
        private readonly ConcurrentBag<double> _latencies = [];
        private volatile Round? _round;

        public void Heard(string? text)
        {
            if (_round is not { } round || round.Text != text)
                return;
            if (round.Counts)
                _latencies.Add(Stopwatch.GetElapsedTime(round.StartedAt).TotalMilliseconds);
            if (Interlocked.Increment(ref round.Listeners) == listeners)
                round.All.TrySetResult();
        }

        public async Task WithinAsync(string text, Func<Task> send, bool counts)
        {
            var round = new Round(text, counts, Stopwatch.GetTimestamp());
            _round = round;
            await send();
            await round.All.Task.WaitAsync(Limit);
        }

        public double Percentile(int percent) => _latencies.Percentile(percent);

        private sealed class Round(string text, bool counts, long startedAt)
        {
            public int Listeners;

            public string Text { get; } = text;

            public bool Counts { get; } = counts;

            public long StartedAt { get; } = startedAt;

            public TaskCompletionSource All { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
