using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>The room's outcomes as HTTP.</summary>
internal static class ChatAnswers
{
    /// <summary>Messages, most of them not in ASCII, are written as they are.</summary>
    public static IResult Json(object value, int status = StatusCodes.Status200OK) => Results.Json(value, StoredJson.Options, statusCode: status);

    public static IResult NoQuorum(int answered = 0, int needed = 0) =>
        Problems.NoQuorum(answered, needed, "Too few replicas answered in time. Send it again: what has taken effect is not done twice.");

    public static IResult UnknownRoom() => Problems.NotFound("unknown-room", "There is no such room.");

    public static IResult NotMember() => Forbidden("not-member", "You are not in this room.");

    public static IResult Forbidden(string type, string detail) => Problems.Of(StatusCodes.Status403Forbidden, type, "This is not allowed", $"{detail} Nothing was stored.");

    public static IResult Blocked(string user) => Forbidden("blocked", $"You and '{user}' do not hear each other.");

    public static IResult Of(RoomRefusal why) => why switch
    {
        RoomRefusal.Unknown => UnknownRoom(),
        RoomRefusal.NotMember => NotMember(),
        RoomRefusal.NotOwner => Forbidden("not-owner", "Only the room's owner may do this."),
        RoomRefusal.Blocked => Forbidden("blocked", "One of you two wants no messages from the other."),
        RoomRefusal.Direct => Problems.Conflict("direct-room", "A direct room has its two members and no name. Nothing was stored."),
        RoomRefusal.MembersFull => Problems.Conflict("members-full", $"A group has at most {Room.MostMembers} members. Nothing was stored."),
        RoomRefusal.NoSuchMember => Problems.NotFound("unknown-member", "Nobody of this name is in the room."),
        RoomRefusal.NoSuchMessage => Problems.NotFound("unknown-message", "There is no such message, or none that you see. Nothing was stored."),
        RoomRefusal.NotAuthor => Forbidden("not-author", "Only its author may edit or delete a message."),
        RoomRefusal.IsDeleted => Problems.Conflict("message-deleted", "The message has been deleted. Nothing was stored."),
        RoomRefusal.ClientIdReused => Problems.Conflict("client-id-reused", "This client id names another message of yours. Nothing was stored; name this one anew."),
        RoomRefusal.TooLarge => Problems.TooLarge("With the names of so many members it does not fit. Nothing was stored."),
        _ => throw new ArgumentOutOfRangeException(nameof(why)),
    };

    public static IResult Of(OpenResult result, string user) => result switch
    {
        OpenResult.Open(var name, var room, var isNew) when room.MemberOf(user) is not null => Json(View(name, room, user, null), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK),
        OpenResult.Open => NotMember(),
        OpenResult.Ordered(RoomOutcome.Done or RoomOutcome.Settled) => Results.NoContent(),
        OpenResult.Ordered(RoomOutcome.Refused(var why)) => Of(why),
        OpenResult.Blocked(var other) => Blocked(other),
        OpenResult.NotContacts => Forbidden("not-contacts", "A direct room needs that each of the two has the other as a contact."),
        OpenResult.RoomsFull(var who) => Problems.Conflict("rooms-full", $"'{who}' is in {Memberships.MostRooms} rooms, which is the most. Nothing was stored."),
        OpenResult.TooLarge => Of(RoomRefusal.TooLarge),
        _ => NoQuorum(),
    };

    /// <summary>A room as one of its members sees it.</summary>
    public static RoomView View(string name, Room room, string user, ImmutableDictionary<string, Mark>? marks) => new(
        name, room.Kind, room.Name, room.Owner, room.Kind == RoomKind.Direct ? room.Members.FirstOrDefault(member => member.User != user)?.User : null,
        room.Seq, room.MemberOf(user)!.Since, room.CreatedAt,
        room.Members.Select(member => marks?.GetValueOrDefault(member.User) is { } mark
            ? new MemberView(member.User, member.Since, mark.Received, mark.Read)
            : new MemberView(member.User, member.Since)));

    /// <summary>A number of the query; null when it is none.</summary>
    public static long? NumberOf(HttpRequest request, string name, long otherwise) =>
        request.Query[name] is not [{ } text] ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
