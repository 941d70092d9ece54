using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>The rules that people may begin with.</summary>
public class ExampleRulesTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Root, "functions/App/Limits/Rules/Examples");

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_example_is_read_and_named_as_its_domain(string name) => Assert.NotEmpty(Read(name).Rules);

    [Fact]
    public void The_examples_say_what_the_field_does()
    {
        Assert.Equal(
            [("login-user", 5L, 60d, LimitMode.Exact), ("login-address", 20, 60, LimitMode.Exact)],
            Read("login").Rules.Select(rule => (rule.Name, rule.Limit, rule.Window.TotalSeconds, rule.Mode)));
        Assert.Equal(
            [(1L, 60d, LimitMode.Exact, false), (10, 86_400, LimitMode.Exact, false)],
            Read("sms").Rules.Select(rule => (rule.Limit, rule.Window.TotalSeconds, rule.Mode, rule.FailOpen)));
        Assert.Equal(
            [(LimitAlgorithmKind.TokenBucket, 30L, 5L, 3_600d)],
            Read("posting").Rules.Select(rule => (rule.Algorithm, rule.Limit, rule.Burst, rule.Window.TotalSeconds)));
        Assert.Equal(
            [(LimitAlgorithmKind.LeakingBucket, 10L, 20L, 1d, LimitMode.Soft)],
            Read("search").Rules.Select(rule => (rule.Algorithm, rule.Limit, rule.Burst, rule.Window.TotalSeconds, rule.Mode)));
    }

    [Fact]
    public void A_message_is_counted_by_both_limits_of_its_phone()
    {
        var limits = Read("sms").Match([RulesText.Descriptor("phone=+4912345"), RulesText.Descriptor("phone=+4912345", "channel=sms")]);
        Assert.Equal(["sms-phone-minute", "sms-phone-day"], limits.Select(limit => limit.Rule.Name));
        Assert.Single(limits.Select(limit => limit.Subject).Distinct());
    }

    private static LimitRuleSet Read(string name)
    {
        var reading = LimitRulesReader.Read(File.ReadAllBytes(Path.Combine(Folder, name + ".yaml")), LimitRulesFormat.Yaml, name);
        Assert.True(reading is LimitRulesReading.Understood, reading is LimitRulesReading.Refused(var all) ? string.Join('\n', all) : "");
        return ((LimitRulesReading.Understood)reading).Rules;
    }
}
