namespace Serverless.Realtime;

/// <summary>
/// Pushes to clients that are connected now in one region: its Azure SignalR Service in Azure, the hubs of its heads in the local cloud. What is pushed is a hint; the truth can be asked for.
/// </summary>
public interface IRealtime
{
    /// <summary>Where a user's client connects, and with what token.</summary>
    Task<RealtimeAddress> NegotiateAsync(string user, CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="target"/> on all connections of a user; nothing when there is none.</summary>
    /// <param name="user">Who.</param>
    /// <param name="target">The name of the client's method.</param>
    /// <param name="payload">Its one argument, as JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SendToUserAsync(string user, string target, object payload, CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="target"/> on all connections of the users of a group: one call, however many they are.</summary>
    /// <param name="group">Which.</param>
    /// <param name="target">The name of the client's method.</param>
    /// <param name="payload">Its one argument, as JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SendToGroupAsync(string group, string target, object payload, CancellationToken cancellationToken);

    /// <summary>Takes a user into a group, with all connections that there are and that come, for so long.</summary>
    Task JoinAsync(string user, string group, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Takes a user out of a group.</summary>
    Task LeaveAsync(string user, string group, CancellationToken cancellationToken);
}

/// <param name="Url">Of the hub.</param>
/// <param name="AccessToken">Good for one hour, for this user alone.</param>
public sealed record RealtimeAddress(string Url, string AccessToken);
