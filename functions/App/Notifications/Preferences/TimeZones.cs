using NodaTime;

namespace Serverless.Notifications;

/// <summary>Time zones by their IANA names, from the database that comes with the app: the same on every machine.</summary>
internal static class TimeZones
{
    public static bool IsKnown(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;

    /// <summary>UTC for null, and for a zone that this version does not know.</summary>
    public static DateTimeZone Of(string? name) => (name is null ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name)) ?? DateTimeZone.Utc;
}
