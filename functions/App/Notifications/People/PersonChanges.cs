namespace Serverless.Notifications;

/// <summary>What a person's record becomes, purely.</summary>
internal static class PersonChanges
{
    /// <summary>A device registers: its token moves here from another of the same person, and the one that was seen least recently gives way when there are too many.</summary>
    public static Person With(this Person person, string id, DeviceRequest request, DateTimeOffset now)
    {
        var device = new Device(id, request.Platform, request.Token, request.App, now, now);
        var others = person.Devices.Where(other => other.Id != id && other.Token != request.Token).OrderByDescending(other => other.LastSeen).Take(Person.MostDevices - 1);
        return person with { Devices = [.. others, device], TimeZone = request.TimeZone ?? person.TimeZone, Locale = request.Locale ?? person.Locale };
    }

    /// <summary>Without a device; itself when there is none such.</summary>
    public static Person Without(this Person person, string device) =>
        person.Devices.Any(one => one.Id == device) ? person with { Devices = person.Devices.RemoveAll(one => one.Id == device) } : person;

    /// <summary>Without a device whose token is dead, unless it registered again since the provider knew that.</summary>
    public static Person WithoutToken(this Person person, string device, string token, DateTimeOffset? since) =>
        person.Devices.Any(one => IsDead(one, device, token, since)) ? person with { Devices = person.Devices.RemoveAll(one => IsDead(one, device, token, since)) } : person;

    /// <summary>Without a phone number or a mail address that is dead, if it is still theirs.</summary>
    public static Person WithoutAddress(this Person person, Carrier carrier, string address) => carrier switch
    {
        Carrier.Sms when person.Phone == address => person with { Phone = null },
        Carrier.Email when person.Email == address => person with { Email = null },
        _ => person,
    };

    private static bool IsDead(Device one, string device, string token, DateTimeOffset? since) =>
        one.Id == device && one.Token == token && (since is null || one.Registered <= since);
}
