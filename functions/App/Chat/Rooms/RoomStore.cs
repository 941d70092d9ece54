using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Rooms, each in its strict register, and what was copied out of it.</summary>
public sealed class RoomStore
{
    // Copies that one order may wait for; others may fill the tail again meanwhile.
    private const int MostCopies = 8;

    private readonly Documents<Room> _rooms;
    private readonly GroupCommit<RoomOrder, RoomOutcome> _commits;
    private readonly TailCopy _copy;
    private readonly IRoomListener _listener;
    private readonly HashSet<string> _copying = new(StringComparer.Ordinal);

    internal RoomStore(StrictRegisters registers, ReplicatedStore store, TailCopy copy, IRoomListener listener)
    {
        (_rooms, _copy, _listener) = (new Documents<Room>("chatrooms", registers, store), copy, listener);
        _commits = new GroupCommit<RoomOrder, RoomOutcome>(CommitAsync);
    }

    /// <summary>The room as it is now, linearizably.</summary>
    internal Task<DocumentRead<Room>> LatestAsync(string room, CancellationToken cancellationToken) => _rooms.LatestAsync(room, cancellationToken);

    /// <summary>The room with all that was acknowledged, and perhaps more that is on its way: enough for a hint and to admit its members.</summary>
    internal Task<DocumentRead<Room>> GlanceAsync(string room, CancellationToken cancellationToken) => _rooms.ReadAsync(room, cancellationToken);

    /// <summary>Stores a new room unless there is one of this name, and answers what there is.</summary>
    internal Task<DocumentChange<Room>> CreateAsync(string room, Room wanted, CancellationToken cancellationToken) =>
        _rooms.ChangeAsync(room, before => before ?? wanted, cancellationToken, exists: false);

    /// <summary>Carries out an order, together with others that wait for the same room.</summary>
    internal async Task<RoomOutcome> RunAsync(string room, RoomOrder order)
    {
        for (var copies = 0; copies < MostCopies; copies++)
        {
            var outcome = await _commits.RunAsync(room, order);
            if (outcome is not RoomOutcome.TailFull)
                return outcome;
            if (await LatestAsync(room, CancellationToken.None) is not DocumentRead<Room>.Held { Value: { } full })
                return new RoomOutcome.NoQuorum(0, 0);
            if (full.Tail.Length == 0)
                return new RoomOutcome.Refused(RoomRefusal.TooLarge);
            if (!await CopyAsync(room, full.Tail))
                return new RoomOutcome.NoQuorum(0, 0);
        }

        return new RoomOutcome.NoQuorum(0, 0);
    }

    private async Task<IReadOnlyList<RoomOutcome?>> CommitAsync(string name, IReadOnlyList<RoomOrder> orders)
    {
        var outcomes = new RoomOutcome?[orders.Count];
        var change = await _rooms.ChangeAsync(name, before =>
        {
            var room = before;
            for (var i = 0; i < orders.Count; i++)
            {
                if (room is null)
                    outcomes[i] = new RoomOutcome.Refused(RoomRefusal.Unknown);
                else
                    (room, outcomes[i]) = RoomRules.Apply(room, orders[i]);
            }

            return room;
        }, CancellationToken.None);
        switch (change)
        {
            case DocumentChange<Room>.NoQuorum(var answered, var needed):
                Array.Fill(outcomes, new RoomOutcome.NoQuorum(answered, needed));
                return outcomes;
            case DocumentChange<Room>.TooLarge when orders.Count > 1:
                // Together they are too much: the first alone, and the others after it.
                return [(await CommitAsync(name, [orders[0]]))[0], .. new RoomOutcome?[orders.Count - 1]];
            case DocumentChange<Room>.TooLarge:
                return [new RoomOutcome.TailFull()];
        }

        var events = outcomes.OfType<RoomOutcome.Done>().Select(done => done.Event).ToList();
        if (events.Count > 0 && change is DocumentChange<Room>.Written(var now))
        {
            var told = _listener.CommittedAsync(name, now, events);
            for (var i = 0; i < outcomes.Length; i++)
                outcomes[i] = outcomes[i] is RoomOutcome.Done done ? done with { Told = told } : outcomes[i];
            if (now.IsLong)
                CopyInBackground(name, now);
        }

        return outcomes;
    }

    private async Task<bool> CopyAsync(string name, ImmutableArray<RoomEvent> events) =>
        await _copy.RunAsync(name, events, CancellationToken.None) is { } copied && await _commits.RunAsync(name, new RoomOrder.Trim(copied)) is RoomOutcome.Settled;

    private void CopyInBackground(string name, Room room)
    {
        lock (_copying)
        {
            if (!_copying.Add(name))
                return;
        }

        _ = RunAsync();

        async Task RunAsync()
        {
            try
            {
                await CopyAsync(name, room.ToCopy);
            }
            finally
            {
                lock (_copying)
                    _copying.Remove(name);
            }
        }
    }
}
