using Serverless.Limits;

namespace Serverless.Tests.Limits;

public class LimitRulesReaderTests
{
    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(Repository.Root, "functions/App/Limits/Rules/Examples"), "*.yaml").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Each_example_is_right(string file)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "functions/App/Limits/Rules/Examples", file));
        var (rules, problems) = LimitRulesReader.Read(text, isJson: false, Path.GetFileNameWithoutExtension(file));
        Assert.Empty(problems);
        Assert.True(rules!.Count > 0);
    }

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData("domain: d\ndescriptors: [", 3, "")]
    [InlineData("domain: d\nlimits: []", 2, "Rules has no field limits")]
    [InlineData("domain: other", 1, "rules of other, not of d")]
    [InlineData("descriptors: []", 1, "domain is needed")]
    [InlineData("domain: d\ndescriptors:\n  - value: x", 3, "key is needed")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n  - key: b\n  - key: a", 5, "a is described twice")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    value: 'x*y'", 4, "wildcard stands at the end")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit:\n      requests_per_unit: 5", 5, "unit is needed")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit:\n      unit: fortnight\n      requests_per_unit: 5", 5, "unit must be one of second, minute")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit:\n      unit: day\n      requests_per_unit: -1", 6, "requests_per_unit must be a whole number from 0")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit:\n      unit: day\n      requests_per_unit: '5'", 6, "requests_per_unit must be a whole number")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit:\n      unit: day\n      requests_per_unit: 1\n      algorithm: guess", 7, "algorithm must be one of token_bucket")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit: { unit: year, unit_multiplier: 2, requests_per_unit: 1 }", 4, "The window is 730 days")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit: { unit: day, requests_per_unit: 1, burst: 2 }", 4, "burst is for token_bucket")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit: { unit: day, requests_per_unit: 1001, algorithm: sliding_window_log }", 4, "1000 at most")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit: { unit: day, requests_per_unit: 9, algorithm: leaking_bucket, delays: true, mode: leased }", 4, "needs mode exact")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    rate_limit:\n      unit: day\n      requests_per_unit: 1\n      replaces:\n        - name: nobody", 8, "No rule is named nobody")]
    [InlineData("domain: d\ndescriptors:\n  - &a\n    key: a\n  - *a", 3, "Anchors and aliases")]
    [InlineData("domain: d\n---\ndomain: e", 2, "second document")]
    [InlineData("domain: !!str d", 1, "Tags are not taken")]
    [InlineData("domain: d\ndomain: d", 2, "domain is given twice")]
    [InlineData("domain: d\ndescriptors:\n  - key: a\n    shadow_mode: maybe", 4, "shadow_mode must be true or false")]
    public void What_is_wrong_is_told_with_its_line(string text, int line, string message)
    {
        var (rules, problems) = LimitRulesReader.Read(text, isJson: false, "d");
        Assert.Null(rules);
        Assert.Contains(problems, problem => problem.Line == line && problem.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once_in_order()
    {
        var (_, problems) = LimitRulesReader.Read("domain: d\ndescriptors:\n  - key: a\n    rate_limit: {}\n  - value: 7\n    more: 1", isJson: false, "d");
        Assert.Equal([4, 4, 5, 6], problems.Select(problem => problem.Line));
    }

    [Fact]
    public void Json_and_yaml_say_the_same()
    {
        const string Json = """{"domain":"d","descriptors":[{"key":"a","value":"x","rate_limit":{"unit":"second","unit_multiplier":10,"requests_per_unit":7,"algorithm":"token_bucket","burst":3}}]}""";
        const string Yaml = "domain: d\ndescriptors:\n  - key: a\n    value: x\n    rate_limit:\n      unit: second\n      unit_multiplier: 10\n      requests_per_unit: 7\n      algorithm: token_bucket\n      burst: 3\n";
        var (json, yaml) = (LimitRulesReader.Read(Json, true, "d").Rules!, LimitRulesReader.Read(Yaml, false, "d").Rules!);
        var descriptor = new LimitDescriptor([new("a", "x")]);
        Assert.Equal(Matched(yaml, descriptor), Matched(json, descriptor));
        var rule = Assert.Single(json.Match([descriptor])).Rule;
        Assert.Equal((7, 3, TimeSpan.FromSeconds(10), LimitAlgorithmKind.TokenBucket), (rule.Limit, rule.Burst, rule.Window, rule.Algorithm));
    }

    [Theory]
    [InlineData("{\"domain\":\"d\",\n\"descriptors\":[{\"key\":[]}]}", 2, "key is needed")]
    [InlineData("{\"domain\":\"d\",\n \"descriptors\":\n  [{\"key\":\"a\",}]}", 3, "")]
    [InlineData("{\"domain\":\"d\"} {}", 1, "")]
    public void Lines_of_json_are_told_too(string text, int line, string message)
    {
        var (rules, problems) = LimitRulesReader.Read(text, isJson: true, "d");
        Assert.Null(rules);
        Assert.Contains(problems, problem => problem.Line == line && problem.Message.Contains(message, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Matched(LimitRuleSet rules, LimitDescriptor descriptor) => rules.Match([descriptor]).Select(limit => $"{limit.Subject} {limit.Id} {limit.Rule.Name}");
}
