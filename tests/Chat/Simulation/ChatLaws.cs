using Serverless.Chat;
using Serverless.Local.Chat;

namespace Serverless.Tests.Chat;

/// <summary>What must be true of a room and of everybody's devices once all is calm.</summary>
internal static class ChatLaws
{
    /// <summary>What is not, as sentences.</summary>
    /// <param name="name">The room's.</param>
    /// <param name="room">The room.</param>
    /// <param name="events">Its events, from the first.</param>
    /// <param name="acknowledged">What senders were told.</param>
    /// <param name="devices">After a last sync.</param>
    public static IEnumerable<string> Broken(
        string name, Room room, List<RoomEvent> events, IReadOnlyList<(RoomOrder.Send Order, RoomEvent Event)> acknowledged, IReadOnlyList<SimulatedDevice> devices)
    {
        if (!events.Select(one => one.Seq).SequenceEqual(Enumerable.Range(1, (int)room.Seq).Select(seq => (long)seq)))
            yield return $"{name} has holes: {string.Join(' ', events.Select(one => one.Seq))}";
        foreach (var twice in events.Where(one => one.ClientId is not null).GroupBy(one => (one.By, one.ClientId)).Where(group => group.Count() > 1))
            yield return $"{twice.Key} is in {name} as {string.Join(" and ", twice.Select(one => one.Seq))}";
        foreach (var (order, told) in acknowledged)
        {
            var stored = events.Find(one => one.Seq == told.Seq);
            if (stored?.Id != told.Id || stored.ClientId != order.ClientId || (stored.Text != order.Text && stored.Erased != true))
                yield return $"acknowledged event {told.Seq} of {order.By} is not in {name} as it was";
        }

        foreach (var deleted in events.Where(one => one.Kind == EventKind.Deleted && events.Find(target => target.Seq == one.Target) is not { Erased: true, Text: null }))
            yield return $"event {deleted.Target} of {name} was deleted, and its words are still there";
        foreach (var broken in devices.SelectMany(device => Broken(device, name, room, events)))
            yield return broken;
    }

    private static IEnumerable<string> Broken(SimulatedDevice device, string name, Room room, List<RoomEvent> events)
    {
        if (room.MemberOf(device.User) is not { } member)
        {
            if (device.Rooms.ContainsKey(name))
                yield return $"a device of {device.User} still has {name}";
            yield break;
        }

        var transcript = device.Rooms[name];
        if (transcript.From < member.Since || transcript.Position != room.Seq)
            yield return $"a device of {device.User} has {name} from {transcript.From} to {transcript.Position}, not from {member.Since} to {room.Seq}";
        var truth = new RoomTranscript();
        truth.Begin(transcript.From);
        truth.Take(events.Select(SimulatedDevice.Told));
        if (!transcript.Messages().Select(one => (one.Message.Id, one.Text)).SequenceEqual(truth.Messages().Select(one => (one.Message.Id, one.Text))))
            yield return $"a device of {device.User} has another transcript of {name}";
    }
}
