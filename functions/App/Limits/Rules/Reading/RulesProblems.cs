namespace Serverless.Limits;

/// <summary>The problems found in one text: the first 20.</summary>
internal sealed class RulesProblems
{
    public const int Most = 20;

    private readonly List<LimitRulesProblem> _found = [];

    public bool Any => _found.Count > 0;

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<LimitRulesProblem> All => [.. _found.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    public void Add(TextPlace at, string message)
    {
        if (_found.Count < Most)
            _found.Add(new LimitRulesProblem(at.Line, at.Column, message));
    }

    /// <summary>Adds a problem and is what cannot be read because of it: nothing.</summary>
    public RulesNode? Refuse(TextPlace at, string message)
    {
        Add(at, message);
        return null;
    }
}
