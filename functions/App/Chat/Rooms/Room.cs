using System.Collections.Immutable;

namespace Serverless.Chat;

internal enum RoomKind
{
    /// <summary>Two people; there is one for each pair.</summary>
    Direct,
    Group,
}

/// <param name="User">Who.</param>
/// <param name="Since">The first event that they see: that of their joining.</param>
/// <param name="Floor">The greatest time, in milliseconds of Unix, in those UUIDs (version 7) of their messages that have left the tail; -1 when none has.</param>
internal sealed record Member(string User, long Since, long Floor);

/// <summary>
/// A room, whole but for what was copied into its history. One strict register: whoever changes it appends to the sequence and is admitted by its members as one step, so the sequence has no holes and
/// nobody who was removed before speaks after.
/// </summary>
internal sealed record Room(RoomKind Kind, string? Name, string? Owner, ImmutableArray<Member> Members, DateTimeOffset CreatedAt)
{
    /// <summary>Members of a group at most: 100.</summary>
    public const int MostMembers = 100;

    /// <summary>Events that stay in the register when it is trimmed: what most readers want, and most repetitions repeat.</summary>
    public const int KeptInTail = 8;

    /// <summary>From so many on, the tail is copied and trimmed in the background.</summary>
    public const int LongTail = 16;

    /// <summary>Bytes of texts from which on it is, however few they are.</summary>
    public const int HeavyTail = 32 * 1024;

    /// <summary>Bytes of texts above which nothing is appended before it was.</summary>
    public const int FullTail = 64 * 1024;

    /// <summary>The last event's number.</summary>
    public long Seq { get; init; }

    /// <summary>Events up to this one are in the history and no longer here.</summary>
    public long Copied { get; init; }

    /// <summary>The events since, in order.</summary>
    public ImmutableArray<RoomEvent> Tail { get; init; } = [];

    /// <summary>In a direct room, who wants to hear nothing from the other.</summary>
    public ImmutableArray<string> Blocks { get; init; } = [];

    /// <summary>As <see cref="Member.Floor"/>, of those who left: a member who comes back begins with it.</summary>
    public long FormerFloor { get; init; } = -1;

    public Member? MemberOf(string user) => Members.FirstOrDefault(member => member.User == user);

    /// <summary>An event that is still here.</summary>
    public RoomEvent? InTail(long seq) => seq > Copied && seq <= Seq ? Tail[(int)(seq - Copied - 1)] : null;

    /// <summary>Whether part of the tail should go into the history.</summary>
    public bool IsLong => Tail.Length > KeptInTail && (Tail.Length >= LongTail || Weight >= HeavyTail);

    /// <summary>Whether some of it must, before anything is appended.</summary>
    public bool IsFull => Weight > FullTail;

    private int Weight => Tail.Sum(one => System.Text.Encoding.UTF8.GetByteCount(one.Text ?? ""));

    /// <summary>What a copy takes: all but the last few, and of heavy texts all.</summary>
    public ImmutableArray<RoomEvent> ToCopy => Weight >= HeavyTail ? Tail : Tail.Length > KeptInTail ? Tail[..^KeptInTail] : [];

    /// <summary>The same room after one more event.</summary>
    public Room With(RoomEvent one) => this with { Seq = one.Seq, Tail = Tail.Add(one) };

    /// <summary>The same room without events that the history has.</summary>
    public Room Trimmed(long copied)
    {
        copied = Math.Min(copied, Seq);
        if (copied <= Copied)
            return this;
        var (gone, room) = (Tail[..(int)(copied - Copied)], this with { Copied = copied, Tail = Tail[(int)(copied - Copied)..] });
        foreach (var sender in gone.Where(one => one.ClientId is not null).GroupBy(one => one.By, one => ClientIds.TimeOf(one.ClientId!)))
            room = room.Raised(sender.Key, sender.Max());
        return room;
    }

    /// <summary>The same room after somebody left; an owner hands the room to whoever has been in it longest.</summary>
    public Room Without(Member member)
    {
        var left = Members.Remove(member);
        return this with { Members = left, Owner = Owner == member.User ? left.FirstOrDefault()?.User : Owner, FormerFloor = Math.Max(FormerFloor, member.Floor) };
    }

    private Room Raised(string user, long floor) => MemberOf(user) is { } member
        ? floor <= member.Floor ? this : this with { Members = Members.Replace(member, member with { Floor = floor }) }
        : this with { FormerFloor = Math.Max(FormerFloor, floor) };
}
