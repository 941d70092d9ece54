using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>People as HTTP.</summary>
internal static class PeopleAnswers
{
    private const int ShownOfToken = 6;

    public static IResult Of(DocumentChange<Person> change, Func<Person, IResult> done) => change switch
    {
        DocumentChange<Person>.Written(var person) => done(person),
        DocumentChange<Person>.Unchanged(var person) => done(person ?? Person.Blank),
        DocumentChange<Person>.TooLarge => Problems.TooLarge("All that is known of the user would not fit. Nothing was stored."),
        DocumentChange<Person>.NoQuorum(var answered, var needed) => LedgerAnswers.NoQuorum(answered, needed),
        _ => throw new InvalidOperationException($"A change answered {change}."),
    };

    public static object Of(Device device) => new
    {
        id = device.Id,
        platform = device.Platform.ToString().ToLowerInvariant(),
        app = device.App,
        token = device.Token.Length > 2 * ShownOfToken ? $"…{device.Token[^ShownOfToken..]}" : "…",
        registered = device.Registered,
        lastSeen = device.LastSeen,
    };

    public static object AddressesOf(Person person) => new { email = person.Email, phone = person.Phone, locale = person.Locale, timeZone = person.TimeZone };

    public static object PreferencesOf(Person person) => new
    {
        channels = Named(person.Preferences.Channels),
        categories = person.Preferences.Categories.OrderBy(one => one.Key, StringComparer.Ordinal).ToDictionary(one => one.Key, one => Named(one.Value)),
        quietHours = person.Preferences.QuietHours is { } quiet ? new { from = quiet.From.ToString("HH:mm"), to = quiet.To.ToString("HH:mm") } : null,
        timeZone = person.TimeZone,
    };

    private static Dictionary<string, bool> Named(IEnumerable<KeyValuePair<Channel, bool>> channels) =>
        channels.OrderBy(one => one.Key).ToDictionary(one => one.Key.Name(), one => one.Value);
}
