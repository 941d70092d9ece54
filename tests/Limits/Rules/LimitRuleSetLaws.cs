using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>Which limits apply to a request.</summary>
public class LimitRuleSetLaws
{
    private static readonly Gen<string> Texts = Gen.Char["ab%/=#|2F"].Array[0, 4].Select(letters => new string(letters));
    private static readonly Gen<LimitEntry> Entries = Gen.Select(Texts, Texts, (key, value) => new LimitEntry("k" + key, value));

    [Fact]
    public void An_exact_value_wins_over_the_longest_prefix_and_that_over_any() =>
        Gen.Select(Texts.Array[0, 6], Texts, Gen.Bool).Sample((drawn, asked, any) =>
        {
            var values = drawn.Distinct().ToList();
            var rules = Set([.. values.Select(v => Node("k", v, $"exact {v}")), .. values.Select(v => Node("k", v + "*", $"prefix {v}")), .. any ? [Node("k", null, "any")] : Array.Empty<RuleDescriptor>()]);
            var prefix = values.Where(v => asked.StartsWith(v, StringComparison.Ordinal)).MaxBy(v => v.Length);
            var expected = values.Contains(asked) ? $"exact {asked}" : prefix is not null ? $"prefix {prefix}" : any ? "any" : null;
            Assert.Equal(expected, rules.Match([new LimitDescriptor([new LimitEntry("k", asked)])]).SingleOrDefault()?.Rule.Name);
        });

    [Fact]
    public void Different_paths_never_have_one_id_and_equal_ones_always_have() =>
        Gen.Select(Entries.Array[1, 4], Entries.Array[1, 4]).Sample((one, other) =>
        {
            var (a, b) = (Last(one), Last(other));
            Assert.Equal(one.SequenceEqual(other), (a.Subject, a.Id) == (b.Subject, b.Id));
            Assert.Equal(one[0] == other[0], a.Subject == b.Subject);
        });

    [Fact]
    public void Every_rule_applies_once_however_often_its_descriptor_is_sent() =>
        Gen.Select(Entries.Array[1, 4], Gen.Int[1, 5]).Sample((entries, times) =>
        {
            var descriptors = Enumerable.Range(0, times).SelectMany(_ => Enumerable.Range(1, entries.Length).Select(n => new LimitDescriptor(entries[..n])));
            Assert.Equal(entries.Length, Chain(entries).Match([.. descriptors]).Count);
        });

    [Fact]
    public void A_path_is_counted_by_the_rule_at_its_end()
    {
        var rules = RulesText.Rules("domain: shop\ndescriptors:\n- key: user\n  rate_limit: { unit: minute, requests_per_unit: 9 }\n  descriptors:\n  - key: path\n    value: /s\n    rate_limit: { name: s, unit: second, unit_multiplier: 10, requests_per_unit: 2, algorithm: token_bucket }\n");
        Assert.Equal(
            [("shop|user=u|1", "#sliding_window_counter/60", "user"), ("shop|user=u|1", "path=%2Fs#token_bucket/10", "s")],
            rules.Match([RulesText.Descriptor("user=u|1"), RulesText.Descriptor("user=u|1", "path=/s")]).Select(limit => (limit.Subject, limit.Id, limit.Rule.Name)));
        Assert.Equal(["s"], rules.Names("user=u", "path=/s"));
        Assert.Empty(rules.Names("user=u", "path=/other"));
        Assert.Equal(["user"], rules.Names("user=u"));
        Assert.Empty(rules.Names("path=/s"));
        Assert.Empty(rules.Match([]));
        Assert.Empty(rules.Match([new LimitDescriptor([])]));
    }

    [Fact]
    public void What_has_no_rate_limit_is_not_limited() =>
        Assert.Empty(RulesText.Rules("domain: d\ndescriptors:\n- key: u\n  rate_limit: { unit: day, requests_per_unit: 1 }\n- { key: u, value: root }\n").Names("u=root"));

    [Fact]
    public void A_rule_is_replaced_by_another_that_applies_and_by_no_other()
    {
        var rules = RulesText.Rules("""
            domain: d
            descriptors:
            - { key: user, rate_limit: { name: all, unit: day, requests_per_unit: 1 } }
            - { key: plan, value: gold, rate_limit: { name: gold, unit: day, requests_per_unit: 100, replaces: [{ name: all }] } }
            - { key: plan, value: staff, rate_limit: { unlimited: true, replaces: [{ name: all }, { name: gold }] } }
            """);
        Assert.Equal(["all"], Both("plan=none"));
        Assert.Equal(["gold"], Both("plan=gold"));
        Assert.Empty(Both("plan=staff"));

        IEnumerable<string> Both(string plan) => rules.Match([RulesText.Descriptor("user=u"), RulesText.Descriptor(plan)]).Select(limit => limit.Rule.Name);
    }

    [Fact]
    public void Another_version_limits_alike()
    {
        var rules = Set([Node("k", null, "any")]).At(7);
        Assert.Equal((7, "any"), (rules.Version, Assert.Single(rules.Names("k=v"))));
    }

    private static RuleDescriptor Node(string key, string? value, string name, params IReadOnlyList<RuleDescriptor> below) =>
        new(key, value, new LimitRule(name, LimitAlgorithmKind.FixedWindow, 1, TimeSpan.FromSeconds(1)), below);

    private static LimitRuleSet Set(IReadOnlyList<RuleDescriptor> roots) => new("d", 1, roots);

    private static LimitRuleSet Chain(IReadOnlyList<LimitEntry> entries) =>
        Set(entries.Reverse().Aggregate(new List<RuleDescriptor>(), (below, entry) => [Node(entry.Key, null, entry.Key, below)]));

    private static MatchedLimit Last(LimitEntry[] entries) => Chain(entries).Match([new LimitDescriptor(entries)])[^1];
}
