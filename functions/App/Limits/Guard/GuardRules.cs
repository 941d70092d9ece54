namespace Serverless.Limits;

/// <summary>The limits of this app's own API.</summary>
internal static class GuardRules
{
    /// <summary>Their domain.</summary>
    public const string Domain = "api";

    /// <summary>In force until others are stored.</summary>
    public static LimitRuleSet BuiltIn { get; } = Read();

    private static LimitRuleSet Read()
    {
        using var file = typeof(GuardRules).Assembly.GetManifestResourceStream("api.yaml")!;
        using var text = new MemoryStream();
        file.CopyTo(text);
        return LimitRulesReader.Read(text.ToArray(), LimitRulesFormat.Yaml, Domain) switch
        {
            LimitRulesReading.Understood(var rules) => rules,
            LimitRulesReading.Refused(var problems) => throw new InvalidOperationException($"api.yaml, line {problems[0].Line}: {problems[0].Message}"),
            _ => throw new InvalidOperationException("api.yaml cannot be read."),
        };
    }
}
