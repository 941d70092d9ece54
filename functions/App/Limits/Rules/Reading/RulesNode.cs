namespace Serverless.Limits;

/// <summary>A text of rules as it is nested, with the place of every part: the same for YAML and JSON.</summary>
internal abstract record RulesNode(TextPlace At)
{
    /// <summary>Levels of the deepest text: 64. Rules need fewer.</summary>
    public const int MostLevels = 64;

    /// <param name="Plain">Written without quotes: it may be a number, true, false or null.</param>
    public sealed record Scalar(TextPlace At, string Text, bool Plain) : RulesNode(At)
    {
        public bool IsNull => Plain && Text is ("" or "~" or "null" or "Null" or "NULL");
    }

    public sealed record Sequence(TextPlace At, IReadOnlyList<RulesNode> Items) : RulesNode(At);

    /// <param name="Fields">In the order of the text; a name may stand twice.</param>
    public sealed record Mapping(TextPlace At, IReadOnlyList<RulesField> Fields) : RulesNode(At);
}

/// <param name="Name">As it is written.</param>
/// <param name="At">Where the name stands.</param>
/// <param name="Value">What follows it.</param>
internal sealed record RulesField(string Name, TextPlace At, RulesNode Value);
