using System.Collections.Immutable;
using CsCheck;
using NodaTime;
using Serverless.Notifications;

namespace Serverless.Tests.Notifications;

public class QuietHoursLaws
{
    private static readonly string[] Zones = [.. DateTimeZoneProviders.Tzdb.Ids];

    private static readonly Gen<QuietHours> Quiet =
        Gen.Select(Gen.Int[0, 1439], Gen.Int[0, 1439], (from, to) => new QuietHours(Time(from), Time(to))).Where(quiet => quiet.From != quiet.To);

    private static readonly Gen<DateTimeOffset> Moment = Gen.Long[0, 40L * 365 * 24 * 60].Select(minutes => new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes));

    [Fact]
    public void Quiet_ends_when_the_clock_shows_it_and_within_a_day_wherever_and_whenever() => Gen.Select(Quiet, Moment, Gen.Int[0, Zones.Length - 1].Select(at => Zones[at])).Sample((quiet, now, zone) =>
    {
        var isQuiet = quiet.IsQuiet(Shown(now, zone));
        if (quiet.EndAt(now, zone) is not { } end)
            return !isQuiet;
        return isQuiet && end > now && end - now <= TimeSpan.FromHours(26) && !quiet.IsQuiet(Shown(end, zone));
    }, iter: 20_000);

    [Theory]
    [InlineData("Asia/Seoul", "22:00", "07:00", "2026-03-01T15:00:00Z", "2026-03-01T22:00:00Z")]

    // Europe/Berlin, 29 March 2026: from 02:00 to 03:00 at once. 02:30 is never shown; the quiet ends when it is jumped over.
    [InlineData("Europe/Berlin", "22:00", "02:30", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]

    // The night that is an hour shorter.
    [InlineData("Europe/Berlin", "22:00", "07:00", "2026-03-28T21:30:00Z", "2026-03-29T05:00:00Z")]

    // 25 October 2026: from 03:00 back to 02:00. The night that is an hour longer, and an end that is shown twice.
    [InlineData("Europe/Berlin", "22:00", "07:00", "2026-10-24T20:30:00Z", "2026-10-25T06:00:00Z")]
    [InlineData("Europe/Berlin", "22:00", "02:30", "2026-10-24T21:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("Europe/Berlin", "22:00", "02:30", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z")]

    // Lord Howe puts its clocks by half an hour.
    [InlineData("Australia/Lord_Howe", "22:00", "07:00", "2026-10-03T13:00:00Z", "2026-10-03T20:00:00Z")]
    [InlineData(null, "22:00", "07:00", "2026-01-01T23:00:00Z", "2026-01-02T07:00:00Z")]
    public void Quiet_ends_across_changes_of_the_clocks(string? zone, string from, string to, string now, string end)
    {
        var quiet = new QuietHours(TimeOnly.Parse(from, null), TimeOnly.Parse(to, null));
        Assert.Equal(DateTimeOffset.Parse(end, null), quiet.EndAt(DateTimeOffset.Parse(now, null), zone));
    }

    [Fact]
    public void An_opt_out_holds_at_any_priority_and_quiet_hours_only_for_what_makes_a_noise()
    {
        var now = new DateTimeOffset(2026, 1, 1, 23, 0, 0, TimeSpan.Zero);
        var preferences = new Preferences(
            ImmutableDictionary<Channel, bool>.Empty.Add(Channel.Sms, false),
            ImmutableDictionary<string, ImmutableDictionary<Channel, bool>>.Empty.Add("news", ImmutableDictionary<Channel, bool>.Empty.Add(Channel.Push, false).Add(Channel.Sms, true)),
            new QuietHours(new TimeOnly(22, 0), new TimeOnly(7, 0)));
        Consent Asked(string category, Channel channel, Priority priority) => preferences.Asked(category, channel, priority, null, now);
        Assert.IsType<Consent.Withheld>(Asked("news", Channel.Push, Priority.High));
        Assert.IsType<Consent.Withheld>(Asked("orders", Channel.Sms, Priority.High));
        Assert.IsType<Consent.Given>(Asked("news", Channel.Sms, Priority.High));
        Assert.Equal(new Consent.NotBefore(now.AddHours(8)), Asked("news", Channel.Sms, Priority.Normal));
        Assert.Equal(new Consent.NotBefore(now.AddHours(8)), Asked("orders", Channel.Push, Priority.Normal));
        Assert.IsType<Consent.Given>(Asked("orders", Channel.Push, Priority.High));
        Assert.IsType<Consent.Given>(Asked("orders", Channel.Email, Priority.Normal));
        Assert.IsType<Consent.Given>(Asked("orders", Channel.InApp, Priority.Normal));
    }

    private static TimeOnly Time(int minutes) => TimeOnly.MinValue.AddMinutes(minutes);

    private static TimeOnly Shown(DateTimeOffset at, string zone) =>
        TimeOnly.FromTimeSpan(TimeSpan.FromTicks(Instant.FromDateTimeOffset(at).InZone(DateTimeZoneProviders.Tzdb[zone]).TickOfDay));
}
