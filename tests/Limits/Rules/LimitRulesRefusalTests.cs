using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

public class LimitRulesRefusalTests
{
    private const string Good = "unit: second, requests_per_unit: 10";

    [Fact]
    public void A_rule_without_unit_is_refused_with_its_line() => Assert.Equal(
        [new LimitRulesProblem(4, 3, "unit is missing: one of second, minute, hour, day, week, month, year.")],
        RulesText.Problems(RulesText.OneRule("requests_per_unit: 1")));

    [Theory]
    [InlineData("unit: second", "requests_per_unit is missing")]
    [InlineData("unit: fortnight, requests_per_unit: 1", "unit must be one of second, minute")]
    [InlineData("unit: SECOND, requests_per_unit: 1", "unit must be one of")]
    [InlineData("unit: [second], requests_per_unit: 1", "unit must be one of")]
    [InlineData("unit: second, requests_per_unit: -1", "requests_per_unit must be a whole number from 0 to 1000000000")]
    [InlineData("unit: second, requests_per_unit: 1000000001", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: 99999999999999999999", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: 1.5", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: 1e3", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: 0x10", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: 010", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: 1_000", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: +1", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: '1'", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: ~", "requests_per_unit must be")]
    [InlineData("unit: second, requests_per_unit: [1]", "requests_per_unit must be")]
    [InlineData("unit: year, unit_multiplier: 2, requests_per_unit: 1", "longer than 366 days")]
    [InlineData("unit: second, unit_multiplier: 0, requests_per_unit: 1", "unit_multiplier must be")]
    [InlineData("unit: second, unit_multiplier: 31622401, requests_per_unit: 1", "unit_multiplier must be")]
    [InlineData(Good + ", requests: 1", "\"requests\" is unknown here")]
    [InlineData(Good + ", <<: {}", "\"<<\" is unknown here")]
    [InlineData(Good + ", unit: minute", "unit is given twice: the first stands at line 4")]
    [InlineData(Good + ", algorithm: guess", "algorithm must be one of token_bucket")]
    [InlineData(Good + ", burst: 20", "burst does not fit sliding_window_counter: only token_bucket and leaking_bucket has it")]
    [InlineData(Good + ", algorithm: fixed_window, segments: 20", "segments does not fit fixed_window")]
    [InlineData(Good + ", algorithm: fixed_window, weighted: false", "weighted does not fit fixed_window")]
    [InlineData(Good + ", algorithm: token_bucket, delays: false", "delays does not fit token_bucket")]
    [InlineData(Good + ", algorithm: token_bucket, burst: 0", "burst must be a whole number from 1")]
    [InlineData(Good + ", segments: 1001", "segments must be a whole number from 1 to 1000")]
    [InlineData(Good + ", weighted: yes", "weighted must be true or false")]
    [InlineData(Good + ", weighted: 'true'", "weighted must be true or false")]
    [InlineData(Good + ", mode: strict", "mode must be one of leased, exact, soft")]
    [InlineData(Good + ", algorithm: leaking_bucket, delays: true, mode: leased", "mode cannot be leased")]
    [InlineData(Good + ", algorithm: leaking_bucket, delays: true, mode: soft", "mode cannot be soft")]
    [InlineData("unit: second, requests_per_unit: 1001, algorithm: sliding_window_log", "at most 1000 per window")]
    [InlineData(Good + ", on_failure: maybe", "on_failure must be open or closed")]
    [InlineData(Good + ", time_budget_ms: 10001", "time_budget_ms must be a whole number from 1 to 10000")]
    [InlineData(Good + ", queued: 1", "queued must be true or false")]
    [InlineData(Good + ", name: 'a b'", "name must be 1 to 64 of")]
    [InlineData(Good + ", name: ''", "name must be 1 to 64 of")]
    [InlineData(Good + ", name: null", "name must be text")]
    [InlineData(Good + ", replaces: other", "replaces must be a list of at most 16")]
    [InlineData(Good + ", replaces: [other]", "What is replaced must be a mapping of name")]
    [InlineData(Good + ", replaces: [{}]", "name is missing: which rule is replaced")]
    [InlineData(Good + ", replaces: [{ name: other }]", "No rule of this domain is named \"other\"")]
    [InlineData(Good + ", replaces: [{ name: k }]", "\"k\" replaces itself")]
    [InlineData("unlimited: true, unit: second", "unit means nothing beside unlimited: true")]
    [InlineData("unlimited: maybe, unit: second, requests_per_unit: 10", "unlimited must be true or false")]
    [InlineData(Good + ", name: &a b", "Anchors are not allowed")]
    [InlineData(Good + ", name: !!str b", "Tags are not allowed")]
    public void A_rule_that_is_not_understood_is_refused_with_its_line(string fields, string sentence)
    {
        var problem = Assert.Single(RulesText.Problems(RulesText.OneRule(fields)));
        Assert.Equal(4, problem.Line);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData("# nothing\n", 1, "empty")]
    [InlineData("hello", 1, "The document must be a mapping of domain, descriptors")]
    [InlineData("descriptors: []", 1, "domain is missing")]
    [InlineData("domain: d", 1, "descriptors is missing")]
    [InlineData("domain: a/b\ndescriptors: []", 1, "domain must be 1 to 64 of")]
    [InlineData("descriptors: []\ndomain: other", 2, "domain is \"other\", but these rules were sent to the domain \"d\"")]
    [InlineData("descriptors: []\ndomain: [d]", 2, "domain must be text")]
    [InlineData("domain: d\ndescriptors: {}", 2, "descriptors must be a list")]
    [InlineData("domain: d\ndescriptors:", 2, "descriptors must be a list")]
    [InlineData("domain: d\ndescriptors: []\nother: 1", 3, "\"other\" is unknown here")]
    [InlineData("domain: d\ndescriptors: []\ndomain: d", 3, "domain is given twice: the first stands at line 1")]
    [InlineData("domain: d\ndescriptors:\n- value: v", 3, "key is missing")]
    [InlineData("domain: d\ndescriptors:\n- key: 'a b'", 3, "key must be 1 to 64 printable")]
    [InlineData("domain: d\ndescriptors:\n- key: é", 3, "key must be 1 to 64 printable")]
    [InlineData("domain: d\ndescriptors:\n- key: ''", 3, "key must be 1 to 64 printable")]
    [InlineData("domain: d\ndescriptors:\n- key: k\n  value:", 4, "value must be text")]
    [InlineData("domain: d\ndescriptors:\n- key: k\n- key: k", 4, "The same key and value stand at line 3 already")]
    [InlineData("domain: d\ndescriptors:\n- { key: k, value: v }\n-\n  key: k\n  value: 'v'", 5, "The same key and value stand at line 3 already")]
    [InlineData("domain: d\ndescriptors:\n- key: k\n  shadow_mode: true", 4, "there is nothing to shadow")]
    [InlineData("domain: d\ndescriptors:\n- key: k\n  shadow_mode: true\n  rate_limit: { unlimited: true, shadow_mode: true }", 5, "shadow_mode is given twice")]
    [InlineData("domain: d\ndescriptors:\n- key: k\n  rate_limit: 5", 4, "rate_limit must be a mapping of name, unit")]
    [InlineData("domain: &a d\ndescriptors: []", 1, "Anchors are not allowed")]
    [InlineData("domain: d\ndescriptors: !list []", 2, "Tags are not allowed")]
    [InlineData("domain: d\ndescriptors: [{ key: k, value: *a }]", 2, "Aliases are not allowed")]
    [InlineData("domain: d\ndescriptors: []\n---\ndomain: e\n", 3, "A second document begins here")]
    [InlineData("domain: d\ndescriptors: [\n\n", 4, "This is not YAML")]
    [InlineData("domain: d\n\tdescriptors: []", 2, "This is not YAML")]
    [InlineData("domain: d\ndescriptors: []\n[a]: b", 3, "The name of a field must be text")]
    public void A_text_that_is_not_understood_is_refused_with_its_line(string text, int line, string sentence)
    {
        var problem = Assert.Single(RulesText.Problems(text, domain: "d"));
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
        Assert.Equal(line, problem.Line);
    }

    [Theory]
    [InlineData("domain: d", 1, 1)]
    [InlineData("{\n\"domain\": \"d\",\n\"descriptors\": [],}", 3, 19)]
    [InlineData("{\"domain\": \"d\", \"descriptors\": []} {}", 1, 36)]
    [InlineData("{\"domain\": \"d\", // not JSON\n \"descriptors\": []}", 1, 17)]
    [InlineData("{\"descriptors\": [], \n  \"domain\": \"\\ud800\"}", 2, 13)]
    [InlineData("{\"domain\": \"d\",\n \"descriptors\": [{\"key\": \"k\",\n  \"rate_limit\": {\"unit\": \"second\", \"requests_per_unit\": 10.0}}]}", 3, 57)]
    [InlineData("", 1, 1)]
    public void JSON_is_read_strictly(string text, int line, int column)
    {
        var problem = Assert.Single(RulesText.Problems(text, LimitRulesFormat.Json));
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.DoesNotContain("LineNumber", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once_in_the_order_of_the_text()
    {
        var problems = RulesText.Problems("domain: d\ndescriptors:\n- key: a\n  rate_limit: { unit: x, requests_per_unit: y }\n- value: b\nmore: true\n");
        Assert.Equal([(4, 23), (4, 45), (5, 3), (6, 1)], problems.Select(problem => (problem.Line, problem.Column)));
    }

    [Fact]
    public void At_most_twenty_problems_are_told() =>
        Assert.Equal(20, RulesText.Problems("domain: d\ndescriptors:\n" + string.Concat(Enumerable.Repeat("- key: ''\n", 50))).Count);

    [Fact]
    public void Eight_levels_are_read_and_nine_are_not()
    {
        Assert.Equal(8, RulesText.Rules(Nested(8)).Rules.Count);
        Assert.Contains("deeper than 8 levels", Assert.Single(RulesText.Problems(Nested(9))).Message, StringComparison.Ordinal);
        Assert.Contains("deeper than 64 levels", Assert.Single(RulesText.Problems("domain: " + new string('[', 250_000))).Message, StringComparison.Ordinal);
        Assert.Contains("depth of 64", Assert.Single(RulesText.Problems(new string('[', 250_000), LimitRulesFormat.Json)).Message, StringComparison.Ordinal);

        static string Nested(int levels) => "domain: d\n" + string.Concat(Enumerable.Range(0, levels).Select(
            level => $"{Indent(level)}descriptors:\n{Indent(level)}- key: k\n{Indent(level)}  rate_limit: {{ unlimited: true }}\n"));
        static string Indent(int level) => new(' ', level * 2);
    }

    [Fact]
    public void A_thousand_descriptors_are_read_and_one_more_is_not()
    {
        Assert.Equal(1_000, RulesText.Rules(Many(1_000)).Descriptors.Count);
        Assert.Equal((1_003, "A domain has at most 1000 descriptors: this is one more."), RulesText.Problems(Many(1_001)).Select(p => (p.Line, p.Message)).Single());

        static string Many(int count) => "domain: d\ndescriptors:\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"- key: k{i}\n"));
    }

    [Fact]
    public void Rules_that_replace_each_other_in_a_circle_are_refused()
    {
        const string Text = "domain: d\ndescriptors:\n- key: a\n  rate_limit: { unlimited: true, replaces: [{ name: b }] }\n- key: b\n  rate_limit: { unlimited: true, replaces: [{ name: c }] }\n";
        Assert.Equal(8, Assert.Single(RulesText.Problems(Text + "- key: c\n  rate_limit: { unlimited: true, replaces: [{ name: a }] }\n")).Line);
        Assert.Equal(3, RulesText.Rules(Text + "- key: c\n  rate_limit: { unlimited: true }\n").Rules.Count);
    }

    [Fact]
    public void What_is_no_text_or_too_long_is_refused()
    {
        Assert.Equal(new LimitRulesProblem(2, 3, "The text is not UTF-8 here."), Assert.Single(Assert.IsType<LimitRulesReading.Refused>(
            LimitRulesReader.Read(new byte[] { (byte)'a', (byte)'\n', (byte)'b', (byte)'c', 0xff }, LimitRulesFormat.Yaml)).Problems));
        Assert.Contains("at most 262144 bytes", Assert.Single(RulesText.Problems(new string(' ', 256 * 1024 + 1))).Message, StringComparison.Ordinal);
    }

    // Parts of rules in any order, and letters that mean something to the parsers.
    [Fact]
    public void Any_text_is_read_or_refused()
    {
        string[] parts = ["domain: d\n", "descriptors:\n", "- ", "  ", "\n", "key: k", "rate_limit:", "{", "}", "[", "]", ",", ":", "\"", "'", "\\u", "\\ud800", "&a", "*a", "!", "!!", "%", "---\n", "...\n", "? ", "| ", "> ", "\t", "#", "\0", "\ud83d", "é", "unit: second", "@"];
        Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 30].Sample(drawn =>
        {
            foreach (var format in Enum.GetValues<LimitRulesFormat>())
                Assert.True(RulesText.Read(string.Concat(drawn), format) is LimitRulesReading.Refused { Problems.Count: > 0 and <= 20 } or LimitRulesReading.Understood);
        });
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => Gen.Byte.Array[0, 60].Sample(bytes =>
        LimitRulesReader.Read(bytes, LimitRulesFormat.Yaml) is not null && LimitRulesReader.Read(bytes, LimitRulesFormat.Json) is not null);
}
