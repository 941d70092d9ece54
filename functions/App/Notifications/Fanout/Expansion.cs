using System.Collections.Immutable;

namespace Serverless.Notifications;

/// <summary>Expands recipients to deliveries, purely.</summary>
internal static class Expansion
{
    public const string NoAddress = "no-address";
    public const string UnknownUser = "unknown-user";

    /// <summary>The plan of some recipients.</summary>
    /// <param name="notification">What is sent.</param>
    /// <param name="people">Each recipient's number and what is known of them; null: nobody of that name.</param>
    /// <param name="now">When their settings are asked.</param>
    public static ChunkPlan Of(Notification notification, IEnumerable<(int Recipient, Person? Person)> people, DateTimeOffset now) => new(people
        .SelectMany(one => Deliveries(notification, one.Recipient, one.Person, now))
        .GroupBy(one => one.Carrier, one => one.Delivery)
        .ToImmutableSortedDictionary(same => same.Key, same => same.ToImmutableArray()));

    private static IEnumerable<(Carrier Carrier, PlannedDelivery Delivery)> Deliveries(Notification notification, int recipient, Person? person, DateTimeOffset now)
    {
        foreach (var channel in notification.Channels)
        {
            var targets = person is null ? [] : Targets(channel, person);
            if (targets.Count == 0)
            {
                if (!notification.IsByPreference)
                    yield return (CarrierWithoutTarget(channel), new(recipient, Suppressed: person is null ? UnknownUser : NoAddress));
                continue;
            }

            var consent = person!.Preferences.Asked(notification.Category, channel, notification.Priority, person.TimeZone, now);
            foreach (var (carrier, device) in targets)
                yield return (carrier, new(recipient, device, (consent as Consent.Withheld)?.Why, (consent as Consent.NotBefore)?.Until));
        }
    }

    private static List<(Carrier Carrier, string? Device)> Targets(Channel channel, Person person) => channel switch
    {
        Channel.Push => [.. person.Devices.OrderBy(device => device.Id, StringComparer.Ordinal).Select(device => (device.Carrier, (string?)device.Id))],
        Channel.Sms when person.Phone is not null => [(Carrier.Sms, null)],
        Channel.Email when person.Email is not null => [(Carrier.Email, null)],
        Channel.InApp => [(Carrier.InApp, null)],
        _ => [],
    };

    // Somebody without devices has none of either kind; the ledger names the channel.
    private static Carrier CarrierWithoutTarget(Channel channel) => channel switch
    {
        Channel.Push => Carrier.Android,
        Channel.Sms => Carrier.Sms,
        Channel.Email => Carrier.Email,
        _ => Carrier.InApp,
    };
}
