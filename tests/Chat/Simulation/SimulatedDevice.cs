using System.Collections.Immutable;
using Serverless.Chat;
using Serverless.Local.Chat;

namespace Serverless.Tests.Chat;

/// <summary>A device of a user: its transcripts, and whether it is connected.</summary>
internal sealed class SimulatedDevice(string user)
{
    public string User { get; } = user;

    public Dictionary<string, RoomTranscript> Rooms { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether pushes reach it.</summary>
    public bool IsConnected { get; set; } = true;

    /// <summary>Times that it had to begin a room anew.</summary>
    public int Restarts { get; private set; }

    public ImmutableDictionary<string, long> Positions => Rooms.ToImmutableDictionary(one => one.Key, one => one.Value.Position);

    public void Pushed(string room, IEnumerable<RoomEvent> events)
    {
        if (Rooms.TryGetValue(room, out var transcript))
            transcript.Take(events.Select(Told));
    }

    public void Synced(SyncResult.Done done)
    {
        foreach (var room in done.Rooms)
        {
            var isNew = !Rooms.TryGetValue(room.Plan.Name, out var transcript);
            if (isNew)
                Rooms.Add(room.Plan.Name, transcript = new RoomTranscript());

            // An answer may be older than what came since.
            if (isNew || (!room.Plan.Recovered && room.Plan.From > transcript!.Position + 1))
            {
                transcript!.Begin(room.Plan.From);
                Restarts += isNew ? 0 : 1;
            }

            transcript!.Take(room.Events.Select(Told));
        }

        foreach (var room in done.Gone)
            Rooms.Remove(room);
    }

    public static ChatEvent Told(RoomEvent one) => new(one.Seq, one.Id, one.At, one.By, one.Kind.ToString().ToLowerInvariant())
    {
        ClientId = one.ClientId,
        Text = one.Text,
        ReplyTo = one.ReplyTo,
        Target = one.Target,
        User = one.User,
        Name = one.Name,
        Erased = one.Erased,
    };
}
