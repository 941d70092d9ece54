namespace Serverless.Realtime;

/// <summary>Pushes to clients that are connected now: Azure SignalR Service in Azure, a hub in the local cloud. What is pushed is a hint; the truth can be asked for.</summary>
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
}

/// <param name="Url">Of the hub.</param>
/// <param name="AccessToken">Good for one hour, for this user alone.</param>
public sealed record RealtimeAddress(string Url, string AccessToken);
