namespace Serverless.Notifications;

/// <summary>What a device runs.</summary>
public enum Platform
{
    Ios,
    Android,
    Web,
}

/// <summary>One installation of an app that may be pushed to.</summary>
/// <param name="Id">Chosen by the app at installation: 1 to 40 of letters, digits, '.', '_', ':' and '-'.</param>
/// <param name="Platform">Which provider its token is for.</param>
/// <param name="Token">The provider's address of it: at most 1,024 characters.</param>
/// <param name="App">Such as a bundle id: at most 128 characters.</param>
/// <param name="Registered">When this token was last registered; a provider's word that it is dead counts only when it is newer.</param>
/// <param name="LastSeen">When the app last called.</param>
public sealed record Device(string Id, Platform Platform, string Token, string App, DateTimeOffset Registered, DateTimeOffset LastSeen)
{
    /// <summary>Who takes pushes to it: browsers are reached through Google's service too.</summary>
    internal Carrier Carrier => Platform == Platform.Ios ? Carrier.Ios : Carrier.Android;
}
