using System.Collections.Frozen;

namespace Serverless.Limits;

/// <summary>Descriptors side by side: the exact value wins over the longest beginning that matches, and that over the key alone. Immutable.</summary>
public sealed class LimitRuleLevel
{
    public static readonly LimitRuleLevel None = new Builder().Build();

    private readonly FrozenDictionary<string, Values> _keys;

    private LimitRuleLevel(FrozenDictionary<string, Values> keys) => _keys = keys;

    /// <summary>Rules at this level and below that limit something.</summary>
    public int Count => _keys.Values.Sum(values => values.All.Sum(node => node.Count));

    public LimitRuleNode? Find(LimitEntry entry)
    {
        if (!_keys.TryGetValue(entry.Key, out var values))
            return null;
        if (values.Exact.TryGetValue(entry.Value, out var exact))
            return exact;
        foreach (var (prefix, node) in values.Prefixes)
        {
            if (entry.Value.StartsWith(prefix, StringComparison.Ordinal))
                return node;
        }

        return values.Any;
    }

    /// <param name="Exact">By value.</param>
    /// <param name="Prefixes">The longest first.</param>
    /// <param name="Any">For every other value.</param>
    private sealed record Values(FrozenDictionary<string, LimitRuleNode> Exact, (string Prefix, LimitRuleNode Node)[] Prefixes, LimitRuleNode? Any)
    {
        public IEnumerable<LimitRuleNode> All => Exact.Values.Concat(Prefixes.Select(p => p.Node)).Concat(Any is null ? [] : [Any]);
    }

    /// <summary>Collects descriptors.</summary>
    public sealed class Builder
    {
        private readonly Dictionary<(string Key, string? Value), LimitRuleNode> _nodes = [];

        /// <summary>False when the key and value are described already.</summary>
        public bool TryAdd(string key, string? value, LimitRuleNode node) => _nodes.TryAdd((key, value), node);

        public LimitRuleLevel Build() => new(_nodes.GroupBy(n => n.Key.Key, StringComparer.Ordinal).ToFrozenDictionary(
            group => group.Key,
            group => new Values(
                group.Where(n => n.Key.Value is { } value && !value.EndsWith('*')).ToFrozenDictionary(n => n.Key.Value!, n => n.Value, StringComparer.Ordinal),
                [.. group.Where(n => n.Key.Value?.EndsWith('*') == true).Select(n => (n.Key.Value![..^1], n.Value)).OrderByDescending(p => p.Item1.Length)],
                group.Where(n => n.Key.Value is null).Select(n => n.Value).FirstOrDefault()),
            StringComparer.Ordinal));
    }
}
