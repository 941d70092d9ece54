using System.Globalization;

namespace Serverless.Limits;

/// <summary>The fields of one mapping, each of the type that is asked for. What is wrong with them becomes a problem.</summary>
internal sealed class RulesFields
{
    private readonly Dictionary<string, RulesField> _byName = new(StringComparer.Ordinal);
    private readonly TextPlace _at;
    private readonly RulesProblems _problems;

    private RulesFields(TextPlace at, RulesProblems problems) => (_at, _problems) = (at, problems);

    /// <param name="node">What should be a mapping; null is answered when it is not.</param>
    /// <param name="what">Its name in sentences.</param>
    /// <param name="at">Where it is said that something is missing.</param>
    /// <param name="known">The names that fields may have.</param>
    /// <param name="problems">Where problems go.</param>
    public static RulesFields? Of(RulesNode node, string what, TextPlace at, IReadOnlyList<string> known, RulesProblems problems)
    {
        if (node is not RulesNode.Mapping mapping)
        {
            problems.Add(node.At, $"{what} must be a mapping of {string.Join(", ", known)}.");
            return null;
        }

        var fields = new RulesFields(at, problems);
        foreach (var field in mapping.Fields)
        {
            if (!known.Contains(field.Name))
                problems.Add(field.At, $"{LimitNames.Quote(field.Name)} is unknown here. Known are {string.Join(", ", known)}.");
            else if (!fields._byName.TryAdd(field.Name, field))
                problems.Add(field.At, $"{field.Name} is given twice: the first stands at line {fields._byName[field.Name].At.Line}.");
        }

        return fields;
    }

    public bool Has(string name) => _byName.ContainsKey(name);

    public RulesField? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A problem with a field that is not there.</summary>
    public void Miss(string name, string message) => _problems.Add(_byName.TryGetValue(name, out var field) ? field.At : _at, message);

    /// <summary>A problem with what a field says.</summary>
    public void Refuse(string name, string message) => _problems.Add(_byName[name].Value.At, message);

    /// <summary>Text, quoted or not; null when there is none.</summary>
    public string? Text(string name)
    {
        if (Find(name) is not { } field)
            return null;
        if (field.Value is RulesNode.Scalar { IsNull: false } scalar)
            return scalar.Text;
        Refuse(name, $"{name} must be text.");
        return null;
    }

    /// <summary>A whole number in decimal digits; null when there is none.</summary>
    public long? Number(string name, long least, long most)
    {
        if (Find(name) is not { } field)
            return null;
        if (field.Value is RulesNode.Scalar { Plain: true, Text: var text } && (text == "0" || !text.StartsWith('0'))
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}, in decimal digits."));
        return null;
    }

    /// <summary>true or false, without quotes; null when neither is given.</summary>
    public bool? Flag(string name)
    {
        if (Find(name) is not { } field)
            return null;
        if (field.Value is RulesNode.Scalar { Plain: true, Text: "true" or "false" } scalar)
            return scalar.Text == "true";
        Refuse(name, $"{name} must be true or false.");
        return null;
    }

    /// <summary>One of a few words; null when none of them is given.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> words)
        where T : struct
    {
        if (Find(name) is not { } field)
            return null;
        if (field.Value is RulesNode.Scalar { Text: var text } && words.TryGetValue(text, out var value))
            return value;
        Refuse(name, $"{name} must be {(words.Count == 2 ? string.Join(" or ", words.Keys) : $"one of {string.Join(", ", words.Keys)}")}.");
        return null;
    }
}
