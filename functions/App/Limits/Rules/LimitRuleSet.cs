namespace Serverless.Limits;

/// <summary>
/// The rules of one domain. Immutable. Matching costs, per entry of a request, one look-up of its key, one of its value and one per length that prefixes of
/// that key have; and per limit found, the making of its id and a comparison with those found before.
/// </summary>
public sealed class LimitRuleSet
{
    private readonly RuleLevel _roots;
    private readonly bool _hasReplacements;

    /// <param name="domain">Whose rules.</param>
    /// <param name="version">Grows with every change; 0: never stored.</param>
    /// <param name="descriptors">The tree, with no key and value twice beside each other.</param>
    public LimitRuleSet(string domain, long version, IReadOnlyList<RuleDescriptor> descriptors)
        : this(domain, version, descriptors, RuleLevel.Of(descriptors))
    {
    }

    private LimitRuleSet(string domain, long version, IReadOnlyList<RuleDescriptor> descriptors, RuleLevel roots)
    {
        (Domain, Version, Descriptors, _roots) = (domain, version, descriptors, roots);
        Rules = [.. RulesOf(descriptors)];
        _hasReplacements = Rules.Any(rule => rule.Replaces.Count > 0 || rule.Unlimited);
    }

    public string Domain { get; }

    public long Version { get; }

    public IReadOnlyList<RuleDescriptor> Descriptors { get; }

    /// <summary>All rules of the tree. Two may have one name: what replaces it replaces both.</summary>
    public IReadOnlyList<LimitRule> Rules { get; }

    /// <summary>The same rules as another version.</summary>
    public LimitRuleSet At(long version) => new(Domain, version, Descriptors, _roots);

    /// <summary>
    /// The limits that apply to a request, each once. Every entry of a descriptor is looked for below the one before: an exact value in front of the
    /// longest prefix in front of any value. As envoy has it, the rule of the last entry's node applies and no other on the way: whoever wants those as well sends their descriptors too.
    /// </summary>
    public IReadOnlyList<MatchedLimit> Match(IReadOnlyList<LimitDescriptor> descriptors)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        var found = new List<MatchedLimit>();
        for (var i = 0; i < descriptors.Count; i++)
            Walk(descriptors[i].Entries, found);
        if (_hasReplacements)
            Drop(found);
        return found;
    }

    private void Walk(IReadOnlyList<LimitEntry> entries, List<MatchedLimit> found)
    {
        var level = _roots;
        var (subject, path) = ("", "");
        for (var depth = 0; depth < entries.Count; depth++)
        {
            var entry = entries[depth];
            if (level.Find(entry) is not { } node)
                return;
            if (depth == 0)
                subject = $"{Domain}|{node.EscapedKey}={entry.Value}";
            else
                path = $"{path}{(depth == 1 ? "" : "/")}{node.EscapedKey}={LimitNames.Escape(entry.Value)}";
            if (node.Rule is { } rule && depth == entries.Count - 1)
                Add(found, new MatchedLimit(subject, path + node.IdEnd, rule));
            level = node.Below;
        }
    }

    private static void Add(List<MatchedLimit> found, MatchedLimit limit)
    {
        foreach (var other in found)
        {
            if (other.Id == limit.Id && other.Subject == limit.Subject)
                return;
        }

        found.Add(limit);
    }

    // What is unlimited counts nothing, but replaces what it names.
    private static void Drop(List<MatchedLimit> found)
    {
        HashSet<string>? replaced = null;
        foreach (var limit in found)
        {
            for (var i = 0; i < limit.Rule.Replaces.Count; i++)
                (replaced ??= new HashSet<string>(StringComparer.Ordinal)).Add(limit.Rule.Replaces[i]);
        }

        found.RemoveAll(limit => limit.Rule.Unlimited || replaced?.Contains(limit.Rule.Name) == true);
    }

    private static IEnumerable<LimitRule> RulesOf(IReadOnlyList<RuleDescriptor> descriptors) =>
        descriptors.SelectMany(one => RulesOf(one.Descriptors).Prepend(one.Rule)).OfType<LimitRule>();
}
