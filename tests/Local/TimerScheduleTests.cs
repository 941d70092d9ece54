using Microsoft.Extensions.Time.Testing;
using Serverless.Local.Host;

namespace Serverless.Tests.Local;

public class TimerScheduleTests
{
    private static readonly TimerSchedule EveryMinute = TimerSchedule.Parse("0 * * * * *");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    private DateTimeOffset Now => _clock.GetUtcNow();

    [Fact]
    public void The_next_run_is_the_first_time_after_the_last()
    {
        Assert.Equal(new TimerDue(Now.AddMinutes(1), false), EveryMinute.Next(Now, Now));
        Assert.Equal(new TimerDue(Now, false), EveryMinute.Next(Now.AddSeconds(-1), Now));
    }

    [Fact]
    public void A_run_is_past_due_when_more_than_a_second_late()
    {
        var last = Now;
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.False(EveryMinute.Next(last, Now).IsPastDue);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(EveryMinute.Next(last, Now).IsPastDue);
    }

    [Fact]
    public void Schedules_are_read_in_utc()
    {
        var seoul = new DateTimeOffset(2030, 1, 1, 8, 59, 0, TimeSpan.FromHours(9));

        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), TimerSchedule.Parse("0 0 0 * * *").After(seoul));
    }

    [Theory]
    [InlineData("* * * * *")]
    [InlineData("61 * * * * *")]
    [InlineData("00:05:00")]
    [InlineData("")]
    public void What_is_not_six_field_ncrontab_is_refused(string expression) =>
        Assert.Throws<FormatException>(() => TimerSchedule.Parse(expression));

    [Fact]
    public void However_many_runs_were_missed_one_is_made_up_for()
    {
        var state = State(Now.AddHours(-5));
        Assert.Equal(new TimerStep.Run(IsPastDue: true), state.Decide(EveryMinute, "me", Now));

        var done = state.Claimed("me", Now).Released(Now.AddSeconds(3));
        Assert.Equal(new TimerStep.Wait(TimeSpan.FromSeconds(57)), done.Decide(EveryMinute, "me", Now.AddSeconds(3)));
    }

    [Fact]
    public void A_lease_keeps_others_away_until_it_ends()
    {
        var held = State(Now.AddMinutes(-1)).Claimed("other", Now);
        Assert.Equal(new TimerStep.Wait(TimerState.LeaseLength), held.Decide(EveryMinute, "me", Now));

        _clock.Advance(TimerState.LeaseLength);
        Assert.Equal(new TimerStep.Run(IsPastDue: false), held.Decide(EveryMinute, "me", Now));
    }

    [Fact]
    public void A_run_that_outlasts_its_interval_skips_the_times_it_covered()
    {
        var done = State(Now).Claimed("me", Now).Released(Now.AddSeconds(150));

        Assert.Equal(new TimerStep.Wait(TimeSpan.FromSeconds(30)), done.Decide(EveryMinute, "me", Now.AddSeconds(150)));
    }

    [Fact]
    public void A_claim_whose_answer_was_lost_is_taken_up_by_its_owner()
    {
        var held = State(Now.AddMinutes(-1)).Claimed("me", Now);

        Assert.IsType<TimerStep.Run>(held.Decide(EveryMinute, "me", Now.AddSeconds(5)));
    }

    [Fact]
    public void Run_on_startup_does_not_wait_for_the_schedule_but_for_a_lease()
    {
        Assert.Equal(new TimerStep.Run(IsPastDue: false), State(Now).Decide(EveryMinute, "me", Now, atOnce: true));
        Assert.IsType<TimerStep.Wait>(State(Now).Claimed("other", Now).Decide(EveryMinute, "me", Now, atOnce: true));
    }

    [Fact]
    public void The_state_is_read_again_at_least_every_five_minutes() =>
        Assert.Equal(new TimerStep.Wait(TimeSpan.FromMinutes(5)), State(Now).Decide(TimerSchedule.Parse("0 0 0 1 6 *"), "me", Now));

    private static TimerState State(DateTimeOffset last) => new(last, "", last, default);
}
