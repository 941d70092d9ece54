using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Brings a device up to date in one call, whatever it missed.</summary>
public sealed class Syncing
{
    private readonly Memberships _memberships;
    private readonly RoomStore _rooms;
    private readonly RoomReader _reader;
    private readonly Marks _marks;

    internal Syncing(Memberships memberships, RoomStore rooms, RoomReader reader, Marks marks) =>
        (_memberships, _rooms, _reader, _marks) = (memberships, rooms, reader, marks);

    /// <param name="user">Who asks.</param>
    /// <param name="positions">The last event that the device has, of each room that it knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<SyncResult> RunAsync(string user, IReadOnlyDictionary<string, long> positions, CancellationToken cancellationToken)
    {
        if (await _memberships.OfAsync(user, cancellationToken) is not { } listed)
            return new SyncResult.NoQuorum();
        var read = await Task.WhenAll(listed.Union(positions.Keys).Select(async name => (Name: name, Room: await _rooms.LatestAsync(name, cancellationToken))));
        if (read.Any(one => one.Room is DocumentRead<Room>.NoQuorum))
            return new SyncResult.NoQuorum();
        var held = read.Select(one => (one.Name, Room: ((DocumentRead<Room>.Held)one.Room).Value)).Where(one => one.Room?.MemberOf(user) is not null)
            .ToDictionary(one => one.Name, one => one.Room!, StringComparer.Ordinal);
        if (SyncPlan.FromTheFuture(held, positions) is { } future)
            return new SyncResult.FromTheFuture(future, held[future].Seq);
        var told = await Task.WhenAll(SyncPlan.For(user, held, positions).Select(async plan => (
            Plan: plan,
            Events: await _reader.ReadAsync(plan.Name, plan.Room, plan.From, plan.Room.Seq, cancellationToken),
            Marks: await _marks.OfAsync(plan.Name, cancellationToken))));
        return told.Any(one => one.Events is null || one.Marks is null)
            ? new SyncResult.NoQuorum()
            : new SyncResult.Done([.. told.Select(one => new SyncedRoom(one.Plan, one.Events!.Value, one.Marks!))], [.. positions.Keys.Where(name => !held.ContainsKey(name)).Order(StringComparer.Ordinal)]);
    }
}

/// <param name="Plan">Which room, and from where on.</param>
/// <param name="Events">What the device gets.</param>
/// <param name="Marks">How far the members are.</param>
internal sealed record SyncedRoom(RoomSync Plan, ImmutableArray<RoomEvent> Events, ImmutableDictionary<string, Mark> Marks);

internal abstract record SyncResult
{
    /// <param name="Rooms">All rooms of the user.</param>
    /// <param name="Gone">Those that the device named and the user is not in.</param>
    internal sealed record Done(IReadOnlyList<SyncedRoom> Rooms, IReadOnlyList<string> Gone) : SyncResult;

    internal sealed record FromTheFuture(string Room, long Seq) : SyncResult;

    internal sealed record NoQuorum : SyncResult;
}
