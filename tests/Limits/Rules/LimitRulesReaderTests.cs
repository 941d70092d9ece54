using Serverless.Limits;

namespace Serverless.Tests.Limits;

public class LimitRulesReaderTests
{
    private const string Shop = """
        # All that a rule may say.
        domain: shop
        descriptors:
          - key: user
            rate_limit: { unit: minute, requests_per_unit: 100 }
            descriptors:
              - key: path
                value: /search
                rate_limit:
                  name: search
                  unit: second
                  unit_multiplier: 10
                  requests_per_unit: 20
                  algorithm: sliding_window_counter
                  segments: 50
                  weighted: true
                  mode: soft
                  on_failure: open
                  time_budget_ms: 250
                  queued: true
                  replaces: [{ name: user }]
          - key: address
            value: "10.*"
            shadow_mode: true
            rate_limit: { unlimited: true }
        """;

    [Fact]
    public void A_rule_says_what_its_text_says()
    {
        var rules = RulesText.Rules(Shop);
        Assert.Equal(("shop", 0, 3), (rules.Domain, rules.Version, rules.Rules.Count));
        var search = rules.Rules[1];
        Assert.Equal(
            new LimitRule("search", LimitAlgorithmKind.SlidingWindowCounter, 20, TimeSpan.FromSeconds(10))
            {
                Segments = 50,
                Weighted = true,
                Mode = LimitMode.Soft,
                FailOpen = true,
                TimeBudget = TimeSpan.FromMilliseconds(250),
                Queued = true,
                Replaces = search.Replaces,
            },
            search);
        Assert.Equal(["user"], search.Replaces);
        Assert.Equal((true, true, "address=10.*"), (rules.Rules[2].Unlimited, rules.Rules[2].Shadow, rules.Rules[2].Name));
        Assert.Equal("10.*", rules.Descriptors[1].Value);
    }

    [Fact]
    public void A_rule_that_says_little_gets_the_defaults()
    {
        var rule = RulesText.Rule("unit: hour, requests_per_unit: 10");
        Assert.Equal(new LimitRule("k", LimitAlgorithmKind.SlidingWindowCounter, 10, TimeSpan.FromHours(1)) { Replaces = rule.Replaces }, rule);
        Assert.Equal((10, LimitMode.Leased, 200), (rule.Burst, rule.Mode, rule.Segments));
    }

    [Theory]
    [InlineData("requests_per_unit: 9", LimitMode.Exact)]
    [InlineData("requests_per_unit: 10", LimitMode.Leased)]
    [InlineData("requests_per_unit: 9, mode: soft", LimitMode.Soft)]
    [InlineData("requests_per_unit: 1000, algorithm: sliding_window_log", LimitMode.Exact)]
    [InlineData("requests_per_unit: 1000, algorithm: leaking_bucket", LimitMode.Leased)]
    [InlineData("requests_per_unit: 1000, algorithm: leaking_bucket, delays: true", LimitMode.Exact)]
    [InlineData("requests_per_unit: 1000, algorithm: leaking_bucket, delays: true, mode: exact", LimitMode.Exact)]
    public void Limits_that_one_instance_must_not_hold_tokens_of_are_exact(string fields, LimitMode mode) =>
        Assert.Equal(mode, RulesText.Rule($"unit: second, {fields}").Mode);

    [Theory]
    [InlineData("second", 1)]
    [InlineData("minute", 60)]
    [InlineData("hour", 3_600)]
    [InlineData("day", 86_400)]
    [InlineData("week", 604_800)]
    [InlineData("month", 2_592_000)]
    [InlineData("year", 31_536_000)]
    [InlineData("day, unit_multiplier: 366", 31_622_400)]
    public void A_window_is_its_unit_so_many_times(string unit, int seconds) =>
        Assert.Equal(seconds, RulesText.Rule($"unit: {unit}, requests_per_unit: 1").Window.TotalSeconds);

    [Theory]
    [InlineData("token_bucket", LimitAlgorithmKind.TokenBucket)]
    [InlineData("leaking_bucket", LimitAlgorithmKind.LeakingBucket)]
    [InlineData("fixed_window", LimitAlgorithmKind.FixedWindow)]
    [InlineData("sliding_window_log", LimitAlgorithmKind.SlidingWindowLog)]
    [InlineData("sliding_window_counter", LimitAlgorithmKind.SlidingWindowCounter)]
    public void Every_algorithm_has_a_word(string word, LimitAlgorithmKind algorithm) =>
        Assert.Equal(algorithm, RulesText.Rule($"unit: second, requests_per_unit: 1, algorithm: {word}").Algorithm);

    [Fact]
    public void A_shadow_may_stand_in_the_rule_too() =>
        Assert.True(RulesText.Rule("unit: second, requests_per_unit: 1, shadow_mode: true").Shadow);

    [Fact]
    public void JSON_says_the_same()
    {
        var rules = RulesText.Rules(
            """
            {
            	"domain": "shop",
            	"descriptors": [{ "key": "user", "value": "\ud83d\ude00\/*", "rate_limit": { "unit": "day", "requests_per_unit": 7, "weighted": true } }]
            }
            """,
            LimitRulesFormat.Json);
        Assert.Equal(("😀/*", 7L, true), (rules.Descriptors[0].Value, rules.Rules[0].Limit, rules.Rules[0].Weighted));
    }

    [Theory]
    [InlineData("domain: d\ndescriptors: []")]
    [InlineData("---\ndomain: d\ndescriptors: []\n...\n")]
    [InlineData("%YAML 1.2\n---\n{\"domain\": \"d\", \"descriptors\": []}")]
    [InlineData("\uFEFFdomain: d\r\ndescriptors: []\r\n")]
    public void A_domain_may_limit_nothing(string text) => Assert.Empty(RulesText.Rules(text).Rules);

    [Theory]
    [InlineData("10", "10")]
    [InlineData("1.10", "1.10")]
    [InlineData("true", "true")]
    [InlineData("0x1F", "0x1F")]
    [InlineData("\"~\"", "~")]
    [InlineData("\"\"", "")]
    [InlineData("'*'", "*")]
    public void A_value_is_the_text_that_is_written(string written, string value) =>
        Assert.Equal(value, RulesText.Rules($"domain: d\ndescriptors:\n- key: k\n  value: {written}").Descriptors[0].Value);

    [Theory]
    [InlineData("user", "user")]
    [InlineData("a\"b\\c", "a_b_c")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", "0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_rule_without_name_is_named_by_its_path(string key, string name) =>
        Assert.Equal(name, RulesText.Rules($"domain: d\ndescriptors:\n- key: '{key}'\n  rate_limit: {{ unlimited: true }}").Rules[0].Name);

    [Fact]
    public void Long_paths_get_short_names_that_differ()
    {
        var value = new string('é', 500);
        var rules = RulesText.Rules(
            $"domain: d\ndescriptors:\n- {{ key: a, value: {value}, rate_limit: {{ unlimited: true }} }}\n- {{ key: a, value: {value}b, rate_limit: {{ unlimited: true }} }}");
        Assert.All(rules.Rules, rule => Assert.Equal(64, rule.Name.Length));
        Assert.Distinct(rules.Rules.Select(rule => rule.Name));
        Assert.StartsWith("a=____", rules.Rules[0].Name, StringComparison.Ordinal);
    }
}
