using System.Globalization;

namespace Serverless.Limits;

/// <summary>The fields of one part of a rules file: each is taken once, and what nobody takes is a problem.</summary>
internal sealed class RulesFields
{
    private readonly Dictionary<string, (RulesNode.Text Key, RulesNode Value)> _fields = new(StringComparer.Ordinal);
    private readonly List<RulesProblem> _problems;
    private readonly RulesNode _node;

    public RulesFields(RulesNode node, string what, List<RulesProblem> problems)
    {
        (_node, _problems) = (node, problems);
        if (node is not RulesNode.Map map)
        {
            Wrong(node, $"{what} must be fields with values.");
            return;
        }

        foreach (var (key, value) in map.Entries)
        {
            if (!_fields.TryAdd(key.Value, (key, value)))
                Wrong(key, $"{key.Value} is given twice.");
        }
    }

    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>The value of a field; null when it is not given.</summary>
    public RulesNode? Take(string name) => _fields.Remove(name, out var field) ? field.Value : null;

    /// <summary>A text; null when it is not given or is none.</summary>
    public RulesNode.Text? Text(string name)
    {
        var value = Take(name);
        if (value is null or RulesNode.Text)
            return (RulesNode.Text?)value;
        Wrong(value, $"{name} must be a text.");
        return null;
    }

    /// <summary>A whole number; null when it is not given or is none.</summary>
    public long? Number(string name, long least, long most)
    {
        if (Take(name) is not { } value)
            return null;
        if (value is RulesNode.Text { IsQuoted: false } text && long.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Wrong(value, string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}."));
        return null;
    }

    /// <summary>true or false; false when it is not given.</summary>
    public bool Flag(string name)
    {
        if (Take(name) is not { } value)
            return false;
        if (value is RulesNode.Text { IsQuoted: false, Value: "true" or "false" } text)
            return text.Value == "true";
        Wrong(value, $"{name} must be true or false.");
        return false;
    }

    /// <summary>One of some words; null when it is not given or is another.</summary>
    public string? Word(string name, params string[] words)
    {
        if (Take(name) is not { } value)
            return null;
        if (value is RulesNode.Text text && words.Contains(text.Value))
            return text.Value;
        Wrong(value, $"{name} must be one of {string.Join(", ", words)}.");
        return null;
    }

    /// <summary>The parts of a list; none when it is not given.</summary>
    public IReadOnlyList<RulesNode> Items(string name)
    {
        var value = Take(name);
        if (value is RulesNode.List list)
            return list.Items;
        if (value is not null)
            Wrong(value, $"{name} must be a list.");
        return [];
    }

    /// <summary>Nothing more is known of this part.</summary>
    public void End(string what)
    {
        foreach (var (key, _) in _fields.Values)
            Wrong(key, $"{what} has no field {key.Value}.");
    }

    public void Wrong(RulesNode? where, string message) => _problems.Add(new RulesProblem((where ?? _node).Line, (where ?? _node).Column, message));
}
