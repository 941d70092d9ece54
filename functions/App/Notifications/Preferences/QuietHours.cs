using NodaTime;

namespace Serverless.Notifications;

/// <summary>A time of day in which somebody wants quiet, by the clock of where they are.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends, not included; earlier than <paramref name="From"/>: on the next day.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    /// <summary>When the quiet that reigns ends; null when none reigns. Whatever clocks are put forward or back meanwhile: the first moment at which they show the end, or have jumped over it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="timeZone">An IANA name; null or unknown: UTC.</param>
    public DateTimeOffset? EndAt(DateTimeOffset now, string? timeZone)
    {
        var (zone, instant) = (TimeZones.Of(timeZone), Instant.FromDateTimeOffset(now));
        var local = instant.InZone(zone).LocalDateTime;
        var time = TimeOnly.FromTimeSpan(TimeSpan.FromTicks(local.TickOfDay));
        if (!IsQuiet(time))
            return null;
        var end = (time < To ? local.Date : local.Date.PlusDays(1)).At(LocalTime.FromTicksSinceMidnight(To.Ticks));
        var mapping = zone.MapLocal(end);
        var ends = mapping.Count switch
        {
            0 => mapping.LateInterval.Start,
            1 => mapping.Single().ToInstant(),
            _ => mapping.First().ToInstant() is var first && first > instant ? first : mapping.Last().ToInstant(),
        };
        return ends.ToDateTimeOffset();
    }

    /// <summary>Whether it reigns when the clock shows <paramref name="time"/>.</summary>
    public bool IsQuiet(TimeOnly time) => From <= To ? time >= From && time < To : time >= From || time < To;
}
