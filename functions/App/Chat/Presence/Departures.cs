using Serverless.Ids;
using Serverless.Queues;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Asks whether somebody who left is still gone.</summary>
/// <param name="User">Who.</param>
public sealed record DepartedMessage(string User);

/// <summary>Tells others that somebody is gone, once that has lasted: a page that is reloaded, or a train in a tunnel, is nobody's news.</summary>
public sealed class Departures
{
    /// <summary>The queue of people to be looked at.</summary>
    internal const string Queue = "chat-departed";

    /// <summary>How long somebody may be away unnoticed: 10 s.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly PresenceStore _presence;
    private readonly Memberships _memberships;
    private readonly Announcements _announcements;
    private readonly IMessageSender _sender;
    private readonly Uuid7Generator _ids;
    private readonly TimeProvider _clock;

    internal Departures(PresenceStore presence, Memberships memberships, Announcements announcements, IMessageSender sender, Uuid7Generator ids, TimeProvider clock) =>
        (_presence, _memberships, _announcements, _sender, _ids, _clock) = (presence, memberships, announcements, sender, ids, clock);

    /// <summary>Has somebody looked at after a while.</summary>
    internal Task ScheduleAsync(string user, CancellationToken cancellationToken) =>
        _sender.SendAsync(Queue, [new OutgoingMessage(_ids.Next().ToString("n"), BinaryData.FromObjectAsJson(new DepartedMessage(user)), _clock.GetUtcNow() + Grace)], cancellationToken);

    /// <summary>Looks; one of all who look at once tells the others.</summary>
    internal async Task LookAsync(string user, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var change = await _presence.ChangeAsync(user, before => before.SeenAt(now) == before.Told ? before : before with { Told = before.SeenAt(now) }, cancellationToken);
        if (change is DocumentChange<PresenceRecord>.Written(var record) && await _memberships.OfAsync(user, cancellationToken) is { } rooms)
            await _announcements.TellAsync(user, record, rooms);
    }
}
