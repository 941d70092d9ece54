using Serverless.Chat;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Chat;

/// <summary>One instance of the room over one coordinator.</summary>
internal sealed class ChatInstance
{
    public ChatInstance(SimulatedCluster cluster, int coordinator, IRoomListener listener)
    {
        var (registers, store) = (cluster.Registers[coordinator], cluster.Coordinators[coordinator]);
        var (history, ids) = (new HistoryStore(registers, store), new SentIds(registers, store));
        Rooms = new RoomStore(registers, store, new TailCopy(history, ids), listener);
        (Reader, Sender, Memberships, Marks) = (new RoomReader(history), new RoomSender(Rooms, history, ids), new Memberships(registers, store), new Marks(registers, store));
        Syncing = new Syncing(Memberships, Rooms, Reader, Marks);
    }

    public RoomStore Rooms { get; }

    public RoomReader Reader { get; }

    public RoomSender Sender { get; }

    public Memberships Memberships { get; }

    public Marks Marks { get; }

    public Syncing Syncing { get; }
}
