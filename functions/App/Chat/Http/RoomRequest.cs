using System.Collections.Immutable;
using System.Text.Json;
using Serverless.Http;

namespace Serverless.Chat;

/// <summary>A room as it is asked for.</summary>
/// <param name="With">The other of a direct room; null: a group.</param>
/// <param name="Name">A group's name.</param>
/// <param name="Members">A group's members beside who opens it.</param>
internal sealed record RoomRequest(string? With, string? Name, ImmutableArray<string> Members)
{
    private const int LongestName = 100;

    public static RoomRequest Read(ObjectReader body, string user)
    {
        var (with, name) = (body.Text("with", 128), body.Text("name", LongestName, needed: !body.Has("with")));
        var members = ImmutableArray.CreateBuilder<string>();
        foreach (var (element, path) in body.List("members", 1, Room.MostMembers, needed: with is null && !body.Has("with")))
        {
            var member = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
            if (!UserNames.IsValid(member))
                body.Problem.Add(path, "A member is a user's name, 1 to 128 characters.");
            else if (member != user && !members.Contains(member!))
                members.Add(member!);
        }

        if (members.Count >= Room.MostMembers)
            body.Refuse("members", $"A group has at most {Room.MostMembers} members, with who opens it.");
        if (with is not null && (name is not null || members.Count > 0))
            body.Refuse("with", "A direct room has no name and no other members.");
        else if (with is not null && (with == user || !UserNames.IsValid(with)))
            body.Refuse("with", "with names another user.");
        else if (with is null && members.Count == 0)
            body.Refuse("members", "A group has at least two members, with who opens it.");
        if (name is not null && (name.Any(char.IsControl) || string.IsNullOrWhiteSpace(name)))
            body.Refuse("name", "A name is one line, without control characters.");
        return new RoomRequest(with, name, members.ToImmutable());
    }
}
