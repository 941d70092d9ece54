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
        using var file = new StreamReader(typeof(GuardRules).Assembly.GetManifestResourceStream("api.yaml")!);
        var (rules, problems) = LimitRulesReader.Read(file.ReadToEnd(), isJson: false, Domain);
        return rules ?? throw new InvalidOperationException($"api.yaml, line {problems[0].Line}: {problems[0].Message}");
    }
}
