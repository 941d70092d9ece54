using System.Text;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>Rules as tests write them.</summary>
internal static class RulesText
{
    public static LimitRulesReading Read(string text, LimitRulesFormat format = LimitRulesFormat.Yaml, string? domain = null) =>
        LimitRulesReader.Read(Encoding.UTF8.GetBytes(text), format, domain);

    public static LimitRuleSet Rules(string text, LimitRulesFormat format = LimitRulesFormat.Yaml)
    {
        var reading = Read(text, format);
        Assert.True(reading is LimitRulesReading.Understood, reading is LimitRulesReading.Refused(var all) ? string.Join('\n', all) : "");
        return ((LimitRulesReading.Understood)reading).Rules;
    }

    public static IReadOnlyList<LimitRulesProblem> Problems(string text, LimitRulesFormat format = LimitRulesFormat.Yaml, string? domain = null) =>
        Assert.IsType<LimitRulesReading.Refused>(Read(text, format, domain)).Problems;

    /// <summary>The one rule of a domain whose rate_limit has these fields, in YAML's flow style.</summary>
    public static LimitRule Rule(string fields) => Assert.Single(Rules(OneRule(fields)).Rules);

    /// <summary>A text whose rate_limit stands at line 4.</summary>
    public static string OneRule(string fields) => $"domain: d\ndescriptors:\n- key: k\n  rate_limit: {{ {fields} }}\n";

    /// <summary>Entries such as user=u1, path=/search.</summary>
    public static LimitDescriptor Descriptor(params string[] entries) =>
        new([.. entries.Select(entry => new LimitEntry(entry[..entry.IndexOf('=', StringComparison.Ordinal)], entry[(entry.IndexOf('=', StringComparison.Ordinal) + 1)..]))]);

    public static IReadOnlyList<string> Names(this LimitRuleSet rules, params string[] entries) =>
        [.. rules.Match([Descriptor(entries)]).Select(limit => limit.Rule.Name)];
}
