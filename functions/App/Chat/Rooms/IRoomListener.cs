namespace Serverless.Chat;

/// <summary>Told what rooms decided, by the instance that carried it out. Nothing depends on its being told: what it passes on is a hint.</summary>
internal interface IRoomListener
{
    /// <param name="room">Which room.</param>
    /// <param name="now">The room since.</param>
    /// <param name="events">What was appended, in order.</param>
    Task CommittedAsync(string room, Room now, IReadOnlyList<RoomEvent> events);
}
