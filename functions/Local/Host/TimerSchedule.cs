using NCrontab;

namespace Serverless.Local.Host;

/// <summary>A six-field NCRONTAB expression (seconds first), in UTC.</summary>
public sealed class TimerSchedule
{
    /// <summary>A run that begins later than this after its time is past due: 1 second.</summary>
    public static readonly TimeSpan PastDueAfter = TimeSpan.FromSeconds(1);

    private readonly CrontabSchedule _crontab;

    private TimerSchedule(CrontabSchedule crontab) => _crontab = crontab;

    /// <exception cref="FormatException">The expression does not have six fields, or one is out of bounds.</exception>
    public static TimerSchedule Parse(string expression)
    {
        try
        {
            return new TimerSchedule(CrontabSchedule.Parse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = true }));
        }
        catch (CrontabException refused)
        {
            throw new FormatException($"The schedule \"{expression}\" is not six-field NCRONTAB: {refused.Message}", refused);
        }
    }

    /// <summary>The first time of the schedule after <paramref name="instant"/>; the end of time when there is none.</summary>
    public DateTimeOffset After(DateTimeOffset instant) =>
        new(DateTime.SpecifyKind(_crontab.GetNextOccurrence(instant.UtcDateTime), DateTimeKind.Utc));

    /// <summary>
    /// When to run next, counted from <paramref name="last"/>, the end of the last run. However many times of the schedule have gone
    /// by unseen, they make one run, due at once.
    /// </summary>
    public TimerDue Next(DateTimeOffset last, DateTimeOffset now)
    {
        var due = After(last);
        return new TimerDue(due, now - due > PastDueAfter);
    }
}

/// <summary>The next run: when, and whether that time is already past.</summary>
public readonly record struct TimerDue(DateTimeOffset At, bool IsPastDue);
