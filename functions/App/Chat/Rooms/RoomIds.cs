using Serverless.Ids;

namespace Serverless.Chat;

/// <summary>Names of rooms, and numbers of their events.</summary>
public sealed class RoomIds
{
    private readonly SnowflakeSource _snowflakes;

    internal RoomIds(SnowflakeSource snowflakes) =>
        _snowflakes = snowflakes;

    /// <summary>Whether it can be a room's name: a UUID of version 4 or 7, in lower case, so nobody guesses it.</summary>
    internal static bool IsRoom(string? room) => ClientIds.IsValid(room);

    /// <summary>The next event's snowflake; null when there is none to be had now.</summary>
    internal async ValueTask<string?> NextAsync(CancellationToken cancellationToken)
    {
        if (_snowflakes.TryNext(out var id))
            return id.ToString();
        var one = new Snowflake[1];
        return await _snowflakes.FillAsync(one, cancellationToken) is null ? one[0].ToString() : null;
    }
}
