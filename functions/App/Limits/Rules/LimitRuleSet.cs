using System.Globalization;
using System.Text;

namespace Serverless.Limits;

/// <summary>The rules of a domain, as they are matched. Immutable.</summary>
/// <param name="Domain">Whose.</param>
/// <param name="Version">Grows with each change; 0 when they were never stored.</param>
/// <param name="Top">The first entries of requests.</param>
public sealed record LimitRuleSet(string Domain, long Version, LimitRuleLevel Top)
{
    /// <summary>Rules that limit something.</summary>
    public int Count => Top.Count;

    /// <summary>Tells versions apart that were stored at the same moment.</summary>
    public ulong Tag { get; init; }

    /// <summary>
    /// The limits that apply, as envoy has it: that of the descriptor in the rules which a request's descriptor leads to with its last entry, if there is one. Without those that another
    /// replaces, and without those that are unlimited. Takes a few dictionary lookups per entry.
    /// </summary>
    public IReadOnlyList<MatchedLimit> Match(IReadOnlyList<LimitDescriptor> descriptors)
    {
        var matched = new List<MatchedLimit>();
        foreach (var descriptor in descriptors)
            Follow(descriptor, matched);
        return Settle(matched);
    }

    private void Follow(LimitDescriptor descriptor, List<MatchedLimit> matched)
    {
        var level = Top;
        LimitRuleNode? node = null;
        foreach (var entry in descriptor.Entries)
        {
            node = level.Find(entry);
            if (node is null)
                return;
            level = node.Inner;
        }

        if (node?.Rule is not { } rule)
            return;
        var (first, path) = (descriptor.Entries[0], new StringBuilder());
        foreach (var entry in descriptor.Entries.Skip(1))
            path.Append(Uri.EscapeDataString(entry.Key)).Append('=').Append(Uri.EscapeDataString(entry.Value)).Append('/');
        matched.Add(new MatchedLimit($"{Domain}|{first.Key}={first.Value}", IdOf(path, rule), rule));
    }

    // Counts of other algorithms or windows cannot go on from one another; other limits and bursts can.
    private static string IdOf(StringBuilder path, LimitRule rule) => string.Create(
        CultureInfo.InvariantCulture, $"{path}#{(int)rule.Algorithm}/{rule.Window.TotalSeconds}{(rule.Algorithm == LimitAlgorithmKind.SlidingWindowCounter ? "/" + rule.Segments : "")}");

    private static List<MatchedLimit> Settle(List<MatchedLimit> matched)
    {
        if (matched.Count == 0)
            return matched;
        HashSet<string>? replaced = null;
        foreach (var limit in matched)
        {
            if (limit.Rule.Replaces.Count > 0)
                (replaced ??= new(StringComparer.Ordinal)).UnionWith(limit.Rule.Replaces);
        }

        for (var i = matched.Count - 1; i >= 0; i--)
        {
            var limit = matched[i];
            if (limit.Rule.Unlimited || replaced?.Contains(limit.Rule.Name) == true || matched.FindIndex(0, i, other => other.Subject == limit.Subject && other.Id == limit.Id) >= 0)
                matched.RemoveAt(i);
        }

        return matched;
    }
}

/// <summary>A descriptor of the rules.</summary>
/// <param name="Rule">Its limit; null when it has none and only leads to others.</param>
/// <param name="Inner">What follows it.</param>
public sealed record LimitRuleNode(LimitRule? Rule, LimitRuleLevel Inner)
{
    public int Count => (Rule is { Unlimited: false } ? 1 : 0) + Inner.Count;
}
