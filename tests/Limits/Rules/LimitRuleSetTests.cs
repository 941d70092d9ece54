using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

public class LimitRuleSetTests
{
    private const string Rules = """
        domain: d
        descriptors:
          - key: user
            rate_limit: { name: anyone, unit: minute, requests_per_unit: 100 }
            descriptors:
              - key: path
                value: /search
                rate_limit: { name: search, unit: second, requests_per_unit: 2 }
          - key: user
            value: u1
            rate_limit: { name: u1, unit: minute, requests_per_unit: 5, replaces: [{ name: everything }] }
          - key: user
            value: "u*"
            rate_limit: { name: u, unit: minute, requests_per_unit: 50 }
          - key: user
            value: "us*"
            rate_limit: { name: us, unit: minute, requests_per_unit: 60 }
          - key: all
            rate_limit: { name: everything, unit: minute, requests_per_unit: 1000 }
          - key: all
            value: free
            rate_limit: { name: free, unlimited: true }
        """;

    private static readonly LimitRuleSet Set = LimitRulesReader.Read(Rules, isJson: false, "d").Rules!;

    [Theory]
    [InlineData("user=u1", "u1")]
    [InlineData("user=u2", "u")]
    [InlineData("user=us2", "us")]
    [InlineData("user=v", "anyone")]
    [InlineData("user=v;path=/search", "search")]
    [InlineData("user=v;path=/other", "")]
    [InlineData("user=u1;path=/search", "")]
    [InlineData("path=/search", "")]
    [InlineData("all=free", "")]
    [InlineData("all=x", "everything")]
    public void The_exact_value_wins_over_the_longest_beginning_and_that_over_the_key(string path, string expected) =>
        Assert.Equal(expected, string.Join(',', Set.Match([Descriptor(path)]).Select(limit => limit.Rule.Name)));

    [Fact]
    public void Several_descriptors_are_limited_by_each_rule_once_and_not_by_replaced_ones()
    {
        Assert.Equal(["anyone", "everything"], Set.Match([Descriptor("user=v"), Descriptor("all=x"), Descriptor("user=v")]).Select(limit => limit.Rule.Name));
        Assert.Equal(["u1"], Set.Match([Descriptor("user=u1"), Descriptor("all=x")]).Select(limit => limit.Rule.Name));
    }

    [Fact]
    public void All_limits_of_a_subject_have_one_subject_and_no_two_paths_one_id()
    {
        Assert.Equal(Assert.Single(Set.Match([Descriptor("user=v")])).Subject, Assert.Single(Set.Match([Descriptor("user=v;path=/search")])).Subject);
        var rules = LimitRulesReader.Read("domain: d\ndescriptors: [{ key: s, descriptors: [{ key: a, rate_limit: { unit: day, requests_per_unit: 1 }, descriptors: [{ key: a, rate_limit: { name: inner, unit: day, requests_per_unit: 1 } }] }] }]", false, "d").Rules!;
        var value = Gen.Char["ab=/#%|"].Array[0, 4].Select(c => new string(c));
        var path = value.Array[1, 2].Select(values => values.Select(v => new LimitEntry("a", v)).Prepend(new LimitEntry("s", "x")).ToList());
        Gen.Select(path, path).Sample((one, other) =>
            one.SequenceEqual(other) == (Assert.Single(rules.Match([new(one)])).Id == Assert.Single(rules.Match([new(other)])).Id), iter: 5_000);
    }

    [Fact]
    public void A_limit_that_only_changes_its_number_goes_on_counting_and_one_of_another_window_begins_anew()
    {
        string Id(string limit) => Assert.Single(LimitRulesReader.Read($"domain: d\ndescriptors: [{{ key: a, rate_limit: {{ {limit} }} }}]", false, "d").Rules!.Match([Descriptor("a=x")])).Id;
        Assert.Equal(Id("unit: day, requests_per_unit: 1"), Id("unit: day, requests_per_unit: 2, name: other"));
        Assert.NotEqual(Id("unit: day, requests_per_unit: 1"), Id("unit: hour, requests_per_unit: 1"));
        Assert.NotEqual(Id("unit: day, requests_per_unit: 1"), Id("unit: day, requests_per_unit: 1, algorithm: fixed_window"));
    }

    private static LimitDescriptor Descriptor(string path) => new([.. path.Split(';').Select(entry => new LimitEntry(entry.Split('=')[0], entry.Split('=')[1]))]);
}
