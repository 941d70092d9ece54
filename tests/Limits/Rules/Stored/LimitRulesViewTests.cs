using System.Globalization;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

public class LimitRulesViewTests
{
    private readonly ScriptedRules _rules = new();

    [Fact]
    public async Task What_was_read_is_used_for_three_seconds_without_asking()
    {
        _rules.Answer = ScriptedRules.Version(1);
        Assert.Equal(1, await _rules.VersionAsync());
        _rules.Answer = ScriptedRules.Version(2);
        _rules.Wait(2.9);
        Assert.Equal(1, await _rules.VersionAsync());
        Assert.Equal(1, _rules.Reads);
        _rules.Wait(0.1);
        Assert.Equal(2, await _rules.VersionAsync());
    }

    [Fact]
    public async Task After_three_seconds_callers_go_on_with_the_old_while_one_read_runs()
    {
        _rules.Answer = ScriptedRules.Version(1);
        await _rules.VersionAsync();
        (_rules.Answer, _rules.Held) = (ScriptedRules.Version(2), new TaskCompletionSource());
        _rules.Wait(3);
        for (var i = 0; i < 5; i++)
            Assert.Equal(1, await _rules.VersionAsync());
        Assert.Equal(2, _rules.Reads);
        _rules.Held.SetResult();
        await Eventually.HoldsAsync(async () => await _rules.VersionAsync() == 2, "what was read is in force");
        Assert.Equal(2, _rules.Reads);
    }

    [Fact]
    public async Task After_four_seconds_callers_wait_for_the_read_and_at_most_one_second()
    {
        _rules.Answer = ScriptedRules.Version(1);
        await _rules.VersionAsync();
        (_rules.Answer, _rules.Held) = (ScriptedRules.Version(2), new TaskCompletionSource());
        _rules.Wait(4);
        var (first, second) = (_rules.GetAsync(), _rules.GetAsync());
        _rules.Wait(0.9);
        Assert.False(first.IsCompleted || second.IsCompleted);
        _rules.Held.SetResult();
        Assert.Equal((2, 2, 2), (ScriptedRules.VersionOf(await first), ScriptedRules.VersionOf(await second), _rules.Reads));

        (_rules.Answer, _rules.Held) = (ScriptedRules.Version(3), new TaskCompletionSource());
        _rules.Wait(3600);
        first = _rules.GetAsync();
        _rules.Wait(1);
        Assert.Equal(2, ScriptedRules.VersionOf(await first));
        Assert.Equal(2, await _rules.VersionAsync());
    }

    [Fact]
    public async Task Known_rules_outlive_the_storage_and_after_a_failure_nobody_asks_for_a_second()
    {
        _rules.Answer = ScriptedRules.Version(1);
        await _rules.VersionAsync();
        _rules.Answer = StoredRulesRead.Unavailable.Instance;
        _rules.Wait(3600);
        for (var i = 0; i < 5; i++)
            Assert.Equal(1, await _rules.VersionAsync());
        Assert.Equal(2, _rules.Reads);
        _rules.Answer = ScriptedRules.Version(2);
        _rules.Wait(1);
        Assert.Equal(2, await _rules.VersionAsync());
    }

    [Fact]
    public async Task The_first_caller_waits_two_seconds_and_is_told_when_nothing_is_known()
    {
        _rules.Held = new TaskCompletionSource();
        var first = _rules.GetAsync();
        _rules.Wait(1.9);
        Assert.False(first.IsCompleted);
        _rules.Wait(0.1);
        Assert.Equal(-2, ScriptedRules.VersionOf(await first));
        Assert.Equal(-2, await _rules.VersionAsync());

        // It is given up when it took five seconds, and the next one answers.
        _rules.Held = null;
        _rules.Wait(3);
        await Eventually.HoldsAsync(
            async () =>
            {
                _rules.Wait(1);
                return await _rules.VersionAsync() == -1;
            },
            "the next read answers");
    }

    [Fact]
    public async Task A_domain_without_rules_is_not_asked_for_again_for_a_second()
    {
        Assert.Equal(-1, await _rules.VersionAsync());
        _rules.Answer = ScriptedRules.Version(1);
        _rules.Wait(0.9);
        Assert.Equal((-1, 1), (await _rules.VersionAsync(), _rules.Reads));
        _rules.Wait(0.1);
        Assert.Equal((1, 2), (await _rules.VersionAsync(), _rules.Reads));
        Assert.Equal((-1, 2), (await _rules.VersionAsync("no domain"), _rules.Reads));
    }

    [Fact]
    public async Task That_a_domain_had_no_rules_is_not_said_once_the_storage_is_gone()
    {
        Assert.Equal(-1, await _rules.VersionAsync());
        _rules.Answer = StoredRulesRead.Unavailable.Instance;
        _rules.Wait(1);
        Assert.Equal(-2, await _rules.VersionAsync());
        Assert.Equal(-2, await _rules.VersionAsync());
    }

    [Fact]
    public async Task Rules_that_cannot_be_read_leave_the_old_in_force_and_are_logged_once()
    {
        _rules.Answer = ScriptedRules.Version(1);
        await _rules.VersionAsync();
        _rules.Answer = ScriptedRules.Version(2, "domain: d\ndescriptors: []\nnewer: field");
        for (var i = 0; i < 3; i++)
        {
            _rules.Wait(4);
            Assert.Equal(1, await _rules.VersionAsync());
        }

        Assert.Equal((4, 1), (_rules.Reads, _rules.Logged));
        _rules.Answer = ScriptedRules.Version(3);
        _rules.Wait(4);
        Assert.Equal(3, await _rules.VersionAsync());
        _rules.Answer = StoredRulesRead.Unreadable.Instance;
        _rules.Wait(4);
        Assert.Equal((3, 2), (await _rules.VersionAsync(), _rules.Logged));
    }

    [Fact]
    public async Task Another_text_of_the_same_version_is_taken()
    {
        _rules.Answer = ScriptedRules.Version(1);
        await _rules.VersionAsync();
        _rules.Answer = ScriptedRules.Version(1, "domain: d\ndescriptors: [{ key: k }]");
        _rules.Wait(4);
        Assert.Single(Assert.IsType<LimitRulesInForce.Known>(await _rules.GetAsync()).Rules.Descriptors);
    }

    [Fact]
    public async Task Built_in_rules_hold_until_others_are_stored()
    {
        var rules = new ScriptedRules(RulesText.Rules("domain: d\ndescriptors: []")) { Answer = StoredRulesRead.Unavailable.Instance };
        Assert.Equal(0, await rules.VersionAsync());
        rules.Answer = StoredRulesRead.Missing.Instance;
        rules.Wait(1);
        Assert.Equal(0, await rules.VersionAsync());
        rules.Answer = ScriptedRules.Version(1);
        rules.Wait(3);
        Assert.Equal(1, await rules.VersionAsync());
    }

    [Fact]
    public async Task What_was_changed_here_is_in_force_here_at_once()
    {
        _rules.View.Expire("d");
        _rules.Answer = ScriptedRules.Version(1);
        await _rules.VersionAsync();
        _rules.Answer = ScriptedRules.Version(2);
        _rules.View.Expire("d");
        Assert.Equal(2, await _rules.VersionAsync());
    }

    [Fact]
    public async Task Ten_thousand_domains_are_remembered_and_those_with_rules_longest()
    {
        _rules.Answer = ScriptedRules.Version(1);
        await _rules.VersionAsync();
        _rules.Answer = StoredRulesRead.Missing.Instance;
        for (var i = 0; i < LimitRulesView.MostDomains + 100; i++)
            await _rules.VersionAsync(i.ToString(CultureInfo.InvariantCulture));
        Assert.InRange(_rules.View.Remembered, 1, LimitRulesView.MostDomains);
        var reads = _rules.Reads;
        Assert.Equal((1, reads), (await _rules.VersionAsync(), _rules.Reads));
    }
}
