namespace Serverless.Limits;

/// <summary>A part of a rules file, with where it stands: the same for YAML and JSON.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal abstract record RulesNode(int Line, int Column)
{
    public sealed record Map(int Line, int Column, IReadOnlyList<(Text Key, RulesNode Value)> Entries) : RulesNode(Line, Column);

    public sealed record List(int Line, int Column, IReadOnlyList<RulesNode> Items) : RulesNode(Line, Column);

    /// <param name="Line">From 1.</param>
    /// <param name="Column">From 1.</param>
    /// <param name="Value">As it is written, without quotes.</param>
    /// <param name="IsQuoted">A text for sure; else it may be a number or true or false.</param>
    public sealed record Text(int Line, int Column, string Value, bool IsQuoted) : RulesNode(Line, Column);
}

/// <summary>What is wrong with a rules file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">A sentence.</param>
public sealed record RulesProblem(int Line, int Column, string Message);
