using Microsoft.Extensions.DependencyInjection;
using Serverless.Chat;
using Serverless.Local.Chat;
using Serverless.Replication;

namespace Serverless.Tests.Chat;

/// <summary>A head that dies after the store has a message, and before anybody is told.</summary>
public class SilentHeadTests(SharedCloud cloud)
{
    private static readonly TimeSpan OneBeat = TimeSpan.FromSeconds(65);

    [Fact]
    public async Task What_nobody_was_told_of_every_device_has_within_65_seconds()
    {
        var (ann, ben) = (await cloud.PersonAsync("ann"), await cloud.PersonAsync("ben"));
        var room = await ChatPeople.GroupAsync(ann, ben);
        await using var one = Device(ann);
        await using var other = Device(ben);
        await Task.WhenAll(one.StartAsync(), other.StartAsync());
        var startedAt = TimeProvider.System.GetTimestamp();
        var services = cloud.Head.Services;
        var silent = new RoomStore(services.GetRequiredService<StrictRegisters>(), services.GetRequiredService<ReplicatedStore>(), services.GetRequiredService<TailCopy>(), new NobodyIsTold());
        var outcome = await silent.RunAsync(room, new RoomOrder.Send(ann.User, "1", TimeProvider.System.GetUtcNow(), EventKind.Text, Guid.CreateVersion7().ToString("D"), "did you hear?", null, null));
        Assert.IsType<RoomOutcome.Done>(outcome);
        await Eventually.HoldsAsync(() => one.EventsOf(room) is [.., { Text: "did you hear?" }] && other.EventsOf(room) is [.., { Text: "did you hear?" }], "a heartbeat tells", OneBeat);
        TestContext.Current.TestOutputHelper?.WriteLine($"after {TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds:0.0} s both devices had it");
    }

    private static ChatDevice Device(ChatApi person) => new([person], "phone", TimeProvider.System, new Random(1));

    private sealed class NobodyIsTold : IRoomListener
    {
        public Task CommittedAsync(string room, Room now, IReadOnlyList<RoomEvent> events) => Task.CompletedTask;
    }
}
