namespace Serverless.Limits;

/// <summary>
/// Reads rules as envoy's rate limit service has them: a domain, and descriptors that nest. Fields of ours come to those of envoy: algorithm, burst, segments, weighted, delays, mode,
/// on_failure, time_budget_ms, queued.
/// </summary>
public static class LimitRulesReader
{
    /// <summary>The most problems that are told at once: 20.</summary>
    public const int MostProblems = 20;

    /// <summary>The most descriptors of a domain: 1,000.</summary>
    public const int MostDescriptors = 1_000;

    /// <summary>The deepest nesting, and the longest path of a request: 8.</summary>
    public const int Deepest = 8;

    private const int LongestKey = 64;
    private const int LongestValue = 512;

    /// <summary>The rules, or all that is wrong with them.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="isJson">Which.</param>
    /// <param name="domain">Whose rules they must be; null: whatever they say.</param>
    public static (LimitRuleSet? Rules, IReadOnlyList<RulesProblem> Problems) Read(string text, bool isJson, string? domain)
    {
        var (root, problem) = isJson ? RulesJson.Read(text) : RulesYaml.Read(text);
        if (root is null)
            return (null, [problem!]);
        var problems = new List<RulesProblem>();
        var fields = new RulesFields(root, "Rules", problems);
        var named = fields.Text("domain");
        if (named is null || !IsName(named.Value))
            fields.Wrong(named, "domain is needed: 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'.");
        else if (domain is not null && named.Value != domain)
            fields.Wrong(named, $"These are the rules of {named.Value}, not of {domain}.");

        var reading = new Reading(problems);
        var top = reading.Level(fields.Items("descriptors"), "", 1);
        fields.End("Rules");
        reading.End();
        return problems.Count == 0 ? (new LimitRuleSet(named!.Value, 0, top), problems) : (null, [.. problems.OrderBy(p => (p.Line, p.Column)).Take(MostProblems)]);
    }

    /// <summary>1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'.</summary>
    public static bool IsName(string text) => text.Length is >= 1 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>1 to 64 characters, none of which is a space or a control character.</summary>
    public static bool IsKey(string text) => text.Length is >= 1 and <= LongestKey && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    /// <summary>At most 512 characters, none of which is a control character.</summary>
    public static bool IsValue(string text) => text.Length <= LongestValue && !text.Any(char.IsControl);

    private sealed class Reading(List<RulesProblem> problems)
    {
        private readonly Dictionary<string, RulesNode> _names = new(StringComparer.Ordinal);
        private readonly List<(RulesNode Where, string Name)> _replaced = [];
        private int _descriptors;

        public LimitRuleLevel Level(IReadOnlyList<RulesNode> items, string path, int depth)
        {
            var level = new LimitRuleLevel.Builder();
            foreach (var item in items)
            {
                if (++_descriptors > MostDescriptors)
                {
                    problems.Add(new RulesProblem(item.Line, item.Column, $"There are more than {MostDescriptors} descriptors."));
                    break;
                }

                Descriptor(item, path, depth, level);
            }

            return level.Build();
        }

        public void End()
        {
            foreach (var (where, name) in _replaced)
            {
                if (!_names.ContainsKey(name))
                    problems.Add(new RulesProblem(where.Line, where.Column, $"No rule is named {name}."));
            }
        }

        private void Descriptor(RulesNode item, string path, int depth, LimitRuleLevel.Builder level)
        {
            var fields = new RulesFields(item, "A descriptor", problems);
            var (key, value) = (fields.Text("key"), fields.Text("value"));
            if (key is null || !IsKey(key.Value))
                fields.Wrong(key, $"key is needed: 1 to {LongestKey} characters without spaces.");
            if (value is not null && !IsValue(value.Value))
                fields.Wrong(value, $"value must be at most {LongestValue} characters.");
            if (value is not null && value.Value.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && star < value.Value.Length - 1)
                fields.Wrong(value, "A wildcard stands at the end of the value: it matches what begins so.");
            if (depth > Deepest)
                fields.Wrong(item, $"Descriptors nest {Deepest} deep at most.");

            var here = $"{(path.Length == 0 ? "" : path + "/")}{key?.Value}{(value is null ? "" : "=" + value.Value)}";
            var shadow = fields.Flag("shadow_mode");
            var limit = fields.Take("rate_limit") is { } stated ? new LimitRuleReader(problems, Name, _replaced.Add).Read(stated, here, shadow) : null;
            var inner = depth > Deepest ? LimitRuleLevel.None : Level(fields.Items("descriptors"), here, depth + 1);
            if (fields.Take("detailed_metric") is { } metric && metric is not RulesNode.Text)
                fields.Wrong(metric, "detailed_metric must be true or false.");
            fields.End("A descriptor");
            if (key is not null && !level.TryAdd(key.Value, value?.Value, new LimitRuleNode(limit, inner)))
                fields.Wrong(key, $"{key.Value}{(value is null ? "" : " = " + value.Value)} is described twice.");
        }

        private bool Name(string name, RulesNode where) => _names.TryAdd(name, where);
    }
}
