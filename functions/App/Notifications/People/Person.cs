using System.Collections.Immutable;

namespace Serverless.Notifications;

/// <summary>How a user can be reached, and how they want to be. Somebody with a person record is a known user. Immutable.</summary>
/// <param name="Email">A mail address; null when none is known.</param>
/// <param name="Phone">A number in E.164; null when none is known.</param>
/// <param name="Locale">A language tag (BCP 47) such as "ko" or "en-GB"; null: the default.</param>
/// <param name="TimeZone">An IANA name such as "Asia/Seoul"; null: UTC.</param>
/// <param name="Devices">At most <see cref="MostDevices"/>.</param>
/// <param name="Preferences">What they want.</param>
public sealed record Person(string? Email, string? Phone, string? Locale, string? TimeZone, ImmutableArray<Device> Devices, Preferences Preferences)
{
    /// <summary>Devices of one user: 20. Another takes the place of the one that was seen least recently.</summary>
    public const int MostDevices = 20;

    public static readonly Person Blank = new(null, null, null, null, [], Preferences.Default);
}
