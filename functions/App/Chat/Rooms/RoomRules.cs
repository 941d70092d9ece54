namespace Serverless.Chat;

/// <summary>What orders do to a room: pure.</summary>
internal static class RoomRules
{
    /// <summary>A new room, with its first event.</summary>
    public static Room Create(RoomKind kind, string? name, string by, IEnumerable<string> others, string id, DateTimeOffset at) =>
        new Room(kind, name, kind == RoomKind.Group ? by : null, [new Member(by, 1, -1), .. others.Select(user => new Member(user, 1, -1))], at).With(new RoomEvent(1, id, at, by, EventKind.Created) { Name = name });

    /// <summary>The room after an order, the same one when nothing changes, and what became of it.</summary>
    public static (Room Room, RoomOutcome Outcome) Apply(Room room, RoomOrder order)
    {
        if (order is RoomOrder.Trim(var copied))
            return (room.Trimmed(copied), new RoomOutcome.Settled());
        if (room.MemberOf(order.By) is not { } member)
            return Refuse(room, RoomRefusal.NotMember);
        return order switch
        {
            RoomOrder.Send send => Say(room, member, send),
            RoomOrder.Block block => room.Kind == RoomKind.Direct ? (Blocked(room, block), new RoomOutcome.Settled()) : Refuse(room, RoomRefusal.NotMember),
            _ when room.Kind == RoomKind.Direct => Refuse(room, RoomRefusal.Direct),
            _ when room.IsFull => (room, new RoomOutcome.TailFull()),
            RoomOrder.Add add => Joined(room, add),
            RoomOrder.Remove remove => Removed(room, remove),
            RoomOrder.Rename rename when room.Owner != rename.By => Refuse(room, RoomRefusal.NotOwner),
            RoomOrder.Rename rename when room.Name == rename.Name => (room, new RoomOutcome.Settled()),
            RoomOrder.Rename rename => Append(room with { Name = rename.Name }, Event(room, rename, EventKind.Renamed) with { Name = rename.Name }),
            _ => throw new ArgumentOutOfRangeException(nameof(order)),
        };
    }

    /// <summary>What becomes of a message whose client id has become an event before. What was deleted since cannot be compared any more.</summary>
    public static RoomOutcome Again(RoomEvent before, RoomOrder.Send send) =>
        before.Kind == send.Kind && before.Target == send.Target && before.ReplyTo == send.ReplyTo && (before.Erased == true || before.Text == send.Text)
            ? new RoomOutcome.Repeated(before)
            : new RoomOutcome.Refused(RoomRefusal.ClientIdReused);

    private static (Room Room, RoomOutcome Outcome) Say(Room room, Member member, RoomOrder.Send send)
    {
        if (room.Tail.FirstOrDefault(one => one.ClientId == send.ClientId && one.By == send.By) is { } before)
            return (room, Again(before, send));

        // A time above all that left the tail: if it had been sent before, it would still be there.
        if (room.Copied > 0 && ClientIds.TimeOf(send.ClientId) <= member.Floor && send.NewIn != room.Copied)
            return (room, new RoomOutcome.AskIds(room.Copied));
        if (room.Blocks.Length > 0)
            return Refuse(room, RoomRefusal.Blocked);
        if (room.IsFull)
            return (room, new RoomOutcome.TailFull());
        if (send.ReplyTo is { } about && (about < member.Since || about > room.Seq))
            return Refuse(room, RoomRefusal.NoSuchMessage);
        if (send.Target is { } target)
        {
            if (target < member.Since || target > room.Seq)
                return Refuse(room, RoomRefusal.NoSuchMessage);
            if ((room.InTail(target) ?? send.Found) is not { } message)
                return (room, new RoomOutcome.AskTarget());
            if (message.Kind != EventKind.Text)
                return Refuse(room, RoomRefusal.NoSuchMessage);
            if (message.By != send.By)
                return Refuse(room, RoomRefusal.NotAuthor);
            if (message.Erased == true)
                return Refuse(room, RoomRefusal.IsDeleted);
        }

        return Append(
            send.Kind == EventKind.Deleted ? WithoutWords(room, send.Target!.Value) : room,
            Event(room, send, send.Kind) with { ClientId = send.ClientId, Text = send.Text, ReplyTo = send.ReplyTo, Target = send.Target });
    }

    // The message goes, and whatever it was edited to.
    private static Room WithoutWords(Room room, long target) => room with
    {
        Tail = [.. room.Tail.Select(one => one.Seq == target || (one.Kind == EventKind.Edited && one.Target == target) ? one.Blank() : one)],
    };

    private static (Room Room, RoomOutcome Outcome) Joined(Room room, RoomOrder.Add add)
    {
        if (room.MemberOf(add.User) is not null)
            return (room, new RoomOutcome.Settled());
        if (room.Owner != add.By)
            return Refuse(room, RoomRefusal.NotOwner);
        if (room.Members.Length >= Room.MostMembers)
            return Refuse(room, RoomRefusal.MembersFull);
        return Append(room with { Members = room.Members.Add(new Member(add.User, room.Seq + 1, room.FormerFloor)) }, Event(room, add, EventKind.Joined) with { User = add.User });
    }

    private static (Room Room, RoomOutcome Outcome) Removed(Room room, RoomOrder.Remove remove)
    {
        if (room.Owner != remove.By && remove.User != remove.By)
            return Refuse(room, RoomRefusal.NotOwner);
        return room.MemberOf(remove.User) is { } member
            ? Append(room.Without(member), Event(room, remove, EventKind.Left) with { User = remove.User })
            : Refuse(room, RoomRefusal.NoSuchMember);
    }

    private static Room Blocked(Room room, RoomOrder.Block block) =>
        room.Blocks.Contains(block.By) == block.Blocks ? room : room with { Blocks = block.Blocks ? room.Blocks.Add(block.By) : room.Blocks.Remove(block.By) };

    private static RoomEvent Event(Room room, RoomOrder order, EventKind kind) =>
        new(room.Seq + 1, order.Id, room.Tail is [.., var last] && last.At > order.At ? last.At : order.At, order.By, kind);

    private static (Room Room, RoomOutcome Outcome) Append(Room room, RoomEvent one) => (room.With(one), new RoomOutcome.Done(one));

    private static (Room Room, RoomOutcome Outcome) Refuse(Room room, RoomRefusal why) => (room, new RoomOutcome.Refused(why));
}
