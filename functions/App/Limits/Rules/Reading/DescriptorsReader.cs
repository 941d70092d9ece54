namespace Serverless.Limits;

/// <summary>Reads the tree of descriptors, with their rules.</summary>
internal sealed class DescriptorsReader(RulesProblems problems)
{
    /// <summary>Levels of descriptors: 8.</summary>
    public const int MostLevels = 8;

    /// <summary>Descriptors of a domain: 1,000.</summary>
    public const int MostDescriptors = 1_000;

    private static readonly string[] Fields = ["key", "value", "rate_limit", "shadow_mode", "descriptors"];

    private readonly ReplacementsCheck _replacements = new(problems);
    private int _count;

    public IReadOnlyList<RuleDescriptor> Read(RulesNode node)
    {
        var roots = Siblings(node, "", 1);
        _replacements.Finish();
        return roots;
    }

    private List<RuleDescriptor> Siblings(RulesNode node, string parents, int level)
    {
        var read = new List<RuleDescriptor>();
        if (node is not RulesNode.Sequence sequence)
            problems.Add(node.At, "descriptors must be a list.");
        else if (level > MostLevels && sequence.Items.Count > 0)
            problems.Add(node.At, $"Descriptors are nested deeper than {MostLevels} levels here.");
        else
            Read(sequence, parents, level, read);
        return read;
    }

    private void Read(RulesNode.Sequence sequence, string parents, int level, List<RuleDescriptor> into)
    {
        var lines = new Dictionary<(string Key, string? Value), int>();
        foreach (var item in sequence.Items)
        {
            if (++_count > MostDescriptors)
            {
                // Said once; what follows is not read.
                if (_count == MostDescriptors + 1)
                    problems.Add(item.At, $"A domain has at most {MostDescriptors} descriptors: this is one more.");
                return;
            }

            if (RulesFields.Of(item, "A descriptor", item.At, Fields, problems) is not { } fields)
                continue;
            var (key, value) = (Key(fields), Value(fields));
            if (!lines.TryAdd((key, value), item.At.Line))
                problems.Add(item.At, $"The same key and value stand at line {lines[(key, value)]} already, beside this.");
            into.Add(Descriptor(fields, key, value, parents, level));
        }
    }

    private RuleDescriptor Descriptor(RulesFields fields, string key, string? value, string parents, int level)
    {
        var path = (parents.Length == 0 ? "" : parents + "/") + (value is null ? key : $"{key}={value}");
        var rule = fields.Find("rate_limit") is { } limit ? new RateLimitReader(problems, _replacements).Read(limit, path, fields.Flag("shadow_mode")) : null;
        if (rule is null && fields.Has("shadow_mode") && !fields.Has("rate_limit"))
            fields.Miss("shadow_mode", "shadow_mode stands here without a rate_limit: there is nothing to shadow.");
        var children = fields.Find("descriptors") is { } below ? Siblings(below.Value, path, level + 1) : [];
        return new RuleDescriptor(key, value, rule, children);
    }

    // What a descriptor without a usable key is called meanwhile does not matter: the text is refused. It must only differ from all others.
    private string Key(RulesFields fields)
    {
        var key = fields.Text("key");
        if (key is null && !fields.Has("key"))
            fields.Miss("key", "key is missing: a descriptor says which key of a request it limits.");
        else if (key is not null && !LimitNames.IsKey(key))
            fields.Refuse("key", $"key must be 1 to {LimitNames.LongestKey} printable ASCII characters without spaces.");
        return key ?? $" {_count}";
    }

    private static string? Value(RulesFields fields)
    {
        var value = fields.Text("value");
        if (value is not null && !LimitNames.IsValue(value))
            fields.Refuse("value", $"value must be at most {LimitNames.LongestValue} characters.");
        return value;
    }
}
