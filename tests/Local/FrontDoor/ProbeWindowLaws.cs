using CsCheck;
using Serverless.Local.FrontDoor;

namespace Serverless.Tests.Local.FrontDoor;

public class ProbeWindowLaws
{
    private static readonly ProbeSample Good = new(true, TimeSpan.FromMilliseconds(10));
    private static readonly ProbeSample Bad = new(false, TimeSpan.FromMilliseconds(10));

    [Fact]
    public void Only_the_last_probes_count_and_enough_of_them_must_be_good() => Gen.Select(ProbeGen.Rule, ProbeGen.Sample.List[0, 20]).Sample((rule, samples) =>
    {
        var last = samples.TakeLast(rule.SampleSize).ToList();
        var unprobed = rule.SampleSize - last.Count;
        var window = ProbeGen.Probed(rule, samples);
        return window.Failed == last.Count(sample => !sample.Good) && window.IsWell == (unprobed + last.Count(sample => sample.Good) >= rule.SuccessfulSamples);
    });

    [Fact]
    public void Its_latency_is_the_mean_of_the_good_ones_among_them() => Gen.Select(ProbeGen.Rule, ProbeGen.Sample.List[0, 20]).Sample((rule, samples) =>
    {
        var good = samples.TakeLast(rule.SampleSize).Where(sample => sample.Good).Select(sample => sample.Took.Ticks).ToList();
        return ProbeGen.Probed(rule, samples).Latency is { } latency ? Math.Abs(latency.Ticks - good.Average()) < 1 : good.Count == 0;
    });

    [Fact]
    public void One_that_answers_nothing_any_more_falls_after_so_many_failures_and_not_before() => ProbeGen.Rule.Sample(rule =>
    {
        var window = ProbeGen.Probed(rule, Enumerable.Repeat(Good, rule.SampleSize));
        for (var failures = 1; failures <= rule.SampleSize; failures++)
        {
            window = window.With(Bad);
            if (window.IsWell != failures < rule.FailuresToFall)
                return false;
        }

        return true;
    });

    [Fact]
    public void One_that_was_dead_rises_after_as_many_good_probes_as_must_be_good() => ProbeGen.Rule.Sample(rule =>
    {
        var window = ProbeGen.Probed(rule, Enumerable.Repeat(Bad, rule.SampleSize));
        for (var good = 1; good <= rule.SampleSize; good++)
        {
            window = window.With(Good);
            if (window.IsWell != good >= rule.SuccessfulSamples)
                return false;
        }

        return true;
    });

    [Fact]
    public void The_template_s_rule_falls_after_three_failures_and_rises_after_two_good_probes()
    {
        var rule = ProbeRule.OfTemplate;
        Assert.Equal(("HEAD", "/api/health", 3, 2), (rule.Method, rule.Path, rule.FailuresToFall, rule.SuccessfulSamples));
        Assert.Equal(TimeSpan.FromSeconds(3 * 30 + 5), rule.LongestBlindness);
        Assert.Equal(TimeSpan.FromSeconds(3 * 1 + 5), (rule with { IntervalSeconds = 1 }).LongestBlindness);
    }
}
