using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>How far a member has come in a room: 0 ≤ read ≤ received.</summary>
/// <param name="Received">The last event that one of the member's devices has.</param>
/// <param name="Read">The last event that the member has seen.</param>
internal readonly record struct Mark(long Received, long Read)
{
    /// <summary>The greater of both, each: marks never go back, in whatever order they come.</summary>
    public Mark Or(Mark other) => new(Math.Max(Math.Max(Received, other.Received), Math.Max(Read, other.Read)), Math.Max(Read, other.Read));
}

/// <summary>The marks of a room's members, in one register beside the room's: readers are many, and must not hold up those who speak.</summary>
public sealed class Marks
{
    private readonly Documents<RoomMarks> _marks;
    private readonly GroupCommit<(string User, Mark Mark), MarkOutcome> _commits;

    internal Marks(StrictRegisters registers, ReplicatedStore store)
    {
        _marks = new Documents<RoomMarks>("chatmarks", registers, store);
        _commits = new GroupCommit<(string User, Mark Mark), MarkOutcome>(CommitAsync);
    }

    /// <summary>All marks of a room; null when too few replicas answered.</summary>
    internal async Task<ImmutableDictionary<string, Mark>?> OfAsync(string room, CancellationToken cancellationToken) =>
        await _marks.ReadAsync(room, cancellationToken) is DocumentRead<RoomMarks>.Held(var marks) ? marks?.Users ?? ImmutableDictionary<string, Mark>.Empty : null;

    /// <summary>Moves a member's mark forward, never back.</summary>
    internal Task<MarkOutcome> MoveAsync(string room, string user, Mark mark) => _commits.RunAsync(room, (user, mark));

    private async Task<IReadOnlyList<MarkOutcome?>> CommitAsync(string room, IReadOnlyList<(string User, Mark Mark)> orders)
    {
        var outcomes = new MarkOutcome?[orders.Count];
        var change = await _marks.ChangeAsync(room, before =>
        {
            var users = before?.Users ?? ImmutableDictionary<string, Mark>.Empty;
            for (var i = 0; i < orders.Count; i++)
            {
                var (was, now) = (users.GetValueOrDefault(orders[i].User), users.GetValueOrDefault(orders[i].User).Or(orders[i].Mark));
                outcomes[i] = new MarkOutcome.Now(now, now != was);
                users = now == was ? users : users.SetItem(orders[i].User, now);
            }

            return users == before?.Users ? before : users.Count == 0 ? null : new RoomMarks(users);
        }, CancellationToken.None);
        if (change is DocumentChange<RoomMarks>.NoQuorum(var answered, var needed))
            Array.Fill(outcomes, new MarkOutcome.NoQuorum(answered, needed));
        return outcomes;
    }

    private sealed record RoomMarks(ImmutableDictionary<string, Mark> Users);
}

internal abstract record MarkOutcome
{
    /// <param name="Mark">Where it is.</param>
    /// <param name="Moved">Whether it was elsewhere before.</param>
    internal sealed record Now(Mark Mark, bool Moved) : MarkOutcome;

    internal sealed record NoQuorum(int Answered, int Needed) : MarkOutcome;
}
