using System.Security.Cryptography;
using System.Text;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Notifies one user on behalf of another room of the app, as a service would over HTTP.</summary>
public sealed class Notices
{
    private readonly Acceptance _acceptance;
    private readonly PeopleStore _people;
    private readonly TimeProvider _clock;

    internal Notices(Acceptance acceptance, PeopleStore people, TimeProvider clock) => (_acceptance, _people, _clock) = (acceptance, people, clock);

    /// <summary>Pushes a text to a user's devices, as far as the user wants that. Nothing happens for a user without any, and nothing more when it is repeated.</summary>
    /// <param name="sender">The room: part of the notification's name.</param>
    /// <param name="key">Names it among those of the sender.</param>
    /// <param name="user">Whom.</param>
    /// <param name="notice">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when too few replicas answered: to be repeated.</returns>
    public async Task<bool> PushAsync(string sender, string key, string user, Notice notice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (await _people.ReadAsync(user, cancellationToken) is not DocumentRead<Person>.Held(var person))
            return false;
        if (person is null || person.Devices.Length == 0)
            return true;
        var (now, name) = (_clock.GetUtcNow(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"notice\n{sender}\n{key}\n{user}")))[..32]);
        var notification = new Notification(
            name, sender, name, now, [new Recipient(user)], notice.Category, null, null, new Content(notice.Title, notice.Body), Priority.Normal, null, now + notice.Life, notice.CollapseKey, [Channel.Push], false);
        return await _acceptance.AcceptAsync(notification, cancellationToken) is AcceptResult.Accepted;
    }
}

/// <summary>What somebody is to be told.</summary>
/// <param name="Category">As users switch it on and off.</param>
/// <param name="Title">One line.</param>
/// <param name="Body">The text.</param>
/// <param name="CollapseKey">A later one with the same key takes its place on the device.</param>
/// <param name="Life">How long it is worth telling.</param>
public sealed record Notice(string Category, string Title, string Body, string CollapseKey, TimeSpan Life);
