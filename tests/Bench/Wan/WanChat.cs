using System.Globalization;
using Serverless.Bench.Kv;
using Serverless.Chat;
using Serverless.Replication;

namespace Serverless.Bench.Wan;

/// <summary>A chat room whose members talk through one instance, as those of one region do.</summary>
internal sealed class WanChat
{
    private const string Name = "00000000-0000-4000-8000-000000000001";

    private readonly RoomSender _sender;
    private int _messages;

    private WanChat(RoomSender sender) => _sender = sender;

    public static async Task<WanChat> OpenAsync(KvRig rig)
    {
        var (registers, store) = (rig.Registers[0], rig.Coordinators[0]);
        var (history, ids) = (new HistoryStore(registers, store), new SentIds(registers, store));
        var rooms = new RoomStore(registers, store, new TailCopy(history, ids), new NobodyListens());
        var first = RoomRules.Create(RoomKind.Group, "wan", "ann", ["ben"], "1", TimeProvider.System.GetUtcNow());
        return await rooms.CreateAsync(Name, first, CancellationToken.None) is DocumentChange<Room>.Written
            ? new WanChat(new RoomSender(rooms, history, ids))
            : throw new InvalidOperationException("A room could not be opened on healthy nodes.");
    }

    public async Task SendAsync()
    {
        var (id, now) = ((++_messages).ToString(CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow());
        var order = new RoomOrder.Send("ann", id, now, EventKind.Text, Guid.CreateVersion7(now).ToString("D"), $"message {id}", null, null);
        if (await _sender.SendAsync(Name, order, CancellationToken.None) is not RoomOutcome.Done)
            throw new InvalidOperationException("A message on healthy nodes was refused.");
    }

    private sealed class NobodyListens : IRoomListener
    {
        public Task CommittedAsync(string room, Room now, IReadOnlyList<RoomEvent> events) => Task.CompletedTask;
    }
}
