namespace Serverless.Notifications;

internal static class Stubs
{
    public static Consent Asked(this Preferences preferences, string category, Channel channel, Priority priority, string? timeZone, DateTimeOffset now) => Consent.Given.Instance;

    public static Task<bool> RemoveDeviceAsync(this PeopleStore people, string user, string device, string token, DateTimeOffset? since, CancellationToken cancellationToken) => Task.FromResult(true);

    public static Task<bool> RemoveAddressAsync(this PeopleStore people, string user, Carrier carrier, string address, CancellationToken cancellationToken) => Task.FromResult(true);
}
