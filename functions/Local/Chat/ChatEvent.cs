namespace Serverless.Local.Chat;

/// <summary>One event of a room, as a client is told of it.</summary>
internal sealed record ChatEvent(long Seq, string Id, DateTimeOffset At, string By, string Kind)
{
    public string? ClientId { get; init; }

    public string? Text { get; init; }

    public long? ReplyTo { get; init; }

    public long? Target { get; init; }

    public string? User { get; init; }

    public string? Name { get; init; }

    public bool? Erased { get; init; }
}
