using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using MimeKit;
using PhoneNumbers;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>How a device registers, as it is sent.</summary>
internal sealed record DeviceRequest(Platform Platform, string Token, string App, string? TimeZone, string? Locale);

/// <summary>Addresses as they are sent; null clears.</summary>
internal sealed record AddressesRequest(string? Email, string? Phone, string? Locale, string? TimeZone);

/// <summary>Preferences as they are sent.</summary>
internal sealed record PreferencesRequest(Preferences Preferences, bool SetsTimeZone, string? TimeZone);

/// <summary>Reads what people and their devices send.</summary>
internal static partial class PeopleReading
{
    private const int LongestToken = 1_024;
    private const int LongestName = 128;
    private const int LongestMail = 254;
    private const int LongestPhone = 32;
    private const string TimeFormat = "HH:mm";

    /// <summary>The name of a device: 1 to 40 of letters, digits, '.', '_', ':' and '-', as installations name themselves.</summary>
    public static bool IsDevice(string? id) => id is not null && DeviceId().IsMatch(id);

    /// <summary>A category's name.</summary>
    public static bool IsCategory(string? name) => name is not null && Category().IsMatch(name);

    /// <summary>A language tag.</summary>
    public static bool IsLocale(string? tag) => tag is not null && LanguageTag().IsMatch(tag);

    public static DeviceRequest Device(ObjectReader body) => new(
        body.Word<Platform>("platform", word => word switch { "ios" => Platform.Ios, "android" => Platform.Android, "web" => Platform.Web, _ => null }, "ios, android or web", needed: true) ?? default,
        body.Text("token", LongestToken, needed: true) ?? "", body.Text("app", LongestName, needed: true) ?? "", Zone(body), Locale(body));

    public static AddressesRequest Addresses(ObjectReader body) => new(Mail(body), Phone(body), Locale(body), Zone(body));

    public static PreferencesRequest Preferences(ObjectReader body)
    {
        var channels = body.Object("channels") is { } all ? Channels(all) : ImmutableDictionary<Channel, bool>.Empty;
        var categories = ImmutableDictionary.CreateBuilder<string, ImmutableDictionary<Channel, bool>>();
        if (body.Object("categories") is { } some)
        {
            foreach (var (name, _) in some.Entries().ToList())
            {
                if (!IsCategory(name) || categories.Count == Notifications.Preferences.MostCategories)
                    some.Refuse(name, $"categories are at most {Notifications.Preferences.MostCategories}, each of 1 to 64 of a-z, 0-9 and -.");
                else if (some.Object(name, needed: true) is { } single)
                    categories[name] = Channels(single);
            }
        }

        return new(new Preferences(channels, categories.ToImmutable(), Quiet(body)), body.Has("timeZone"), Zone(body));
    }

    private static ImmutableDictionary<Channel, bool> Channels(ObjectReader reader)
    {
        var channels = ImmutableDictionary.CreateBuilder<Channel, bool>();
        foreach (var channel in Enum.GetValues<Channel>())
        {
            if (reader.Flag(channel.Name()) is { } on)
                channels[channel] = on;
        }

        reader.Close();
        return channels.ToImmutable();
    }

    private static QuietHours? Quiet(ObjectReader body)
    {
        if (body.Object("quietHours") is not { } quiet)
            return null;
        var (from, to) = (Time(quiet, "from"), Time(quiet, "to"));
        quiet.Close();
        if (from == to)
            quiet.Refuse("to", "from and to must differ: send quietHours as null for none.");
        return new QuietHours(from, to);
    }

    private static TimeOnly Time(ObjectReader quiet, string name)
    {
        if (quiet.Text(name, TimeFormat.Length, needed: true) is { } text && TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        quiet.Refuse(name, $"{name} must be a time of day such as 22:00.");
        return default;
    }

    private static string? Zone(ObjectReader body)
    {
        if (body.Text("timeZone", LongestName) is not { } zone)
            return null;
        if (!TimeZones.IsKnown(zone))
            body.Refuse("timeZone", "timeZone must be an IANA name such as Asia/Seoul.");
        return zone;
    }

    private static string? Locale(ObjectReader body)
    {
        if (body.Text("locale", LongestName) is not { } locale)
            return null;
        if (!IsLocale(locale))
            body.Refuse("locale", "locale must be a language tag (BCP 47) such as ko or en-GB.");
        return locale;
    }

    private static string? Mail(ObjectReader body)
    {
        if (body.Text("email", LongestMail) is not { } text)
            return null;
        if (MailboxAddress.TryParse(text, out var mail) && mail.Address == text && mail.Domain.Contains('.', StringComparison.Ordinal) && !text.Any(char.IsControl))
            return text;
        body.Refuse("email", "email must be a mail address alone, such as alice@example.com.");
        return null;
    }

    private static string? Phone(ObjectReader body)
    {
        if (body.Text("phone", LongestPhone) is not { } text)
            return null;
        try
        {
            var numbers = PhoneNumberUtil.GetInstance();
            var number = numbers.Parse(text, null);
            if (numbers.IsValidNumber(number))
                return numbers.Format(number, PhoneNumberFormat.E164);
        }
        catch (NumberParseException)
        {
            // Refused below.
        }

        body.Refuse("phone", "phone must be a valid number with its country code, such as +82 10 1234 5678.");
        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._:\-]{1,40}\z")]
    private static partial Regex DeviceId();

    [GeneratedRegex(@"^[a-z0-9\-]{1,64}\z")]
    private static partial Regex Category();

    [GeneratedRegex(@"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}\z")]
    private static partial Regex LanguageTag();
}
