using System.Collections.Frozen;
using System.Globalization;

namespace Serverless.Limits;

/// <summary>The descriptors beside each other at one place of the tree, made to be looked up. Immutable.</summary>
internal sealed class RuleLevel
{
    private static readonly RuleLevel Empty = new(FrozenDictionary<string, KeyRules>.Empty);

    private readonly FrozenDictionary<string, KeyRules> _keys;

    private RuleLevel(FrozenDictionary<string, KeyRules> keys) => _keys = keys;

    public static RuleLevel Of(IReadOnlyList<RuleDescriptor> descriptors) => descriptors.Count == 0
        ? Empty
        : new(descriptors.GroupBy(one => one.Key, StringComparer.Ordinal).ToFrozenDictionary(same => same.Key, same => new KeyRules([.. same]), StringComparer.Ordinal));

    /// <summary>The node for an entry; null when there is none.</summary>
    public Node? Find(LimitEntry entry) => _keys.TryGetValue(entry.Key, out var rules) ? rules.Find(entry.Value) : null;

    /// <summary>A descriptor, with what its matches have in common.</summary>
    internal sealed class Node(RuleDescriptor descriptor)
    {
        public LimitRule? Rule { get; } = descriptor.Rule;

        public RuleLevel Below { get; } = Of(descriptor.Descriptors);

        public string EscapedKey { get; } = LimitNames.Escape(descriptor.Key);

        /// <summary>How the id of its limit ends: what makes two counts incomparable.</summary>
        public string IdEnd { get; } = descriptor.Rule is not { } rule
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"#{RulesWords.NameOf(rule.Algorithm)}/{(long)rule.Window.TotalSeconds}");
    }

    /// <summary>All that is said of one key.</summary>
    private sealed class KeyRules
    {
        private readonly FrozenDictionary<string, Node> _exact;
        private readonly (int Length, FrozenDictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> Nodes)[] _prefixes;
        private readonly Node? _any;

        public KeyRules(IReadOnlyList<RuleDescriptor> same)
        {
            _exact = same.Where(one => one.Value is not null && !one.Value.EndsWith('*'))
                .ToFrozenDictionary(one => one.Value!, one => new Node(one), StringComparer.Ordinal);
            _prefixes = [.. same.Where(one => one.Value?.EndsWith('*') == true)
                .GroupBy(one => one.Value!.Length - 1)
                .OrderByDescending(ofLength => ofLength.Key)
                .Select(ofLength => (ofLength.Key, ofLength.ToFrozenDictionary(one => one.Value![..^1], one => new Node(one), StringComparer.Ordinal)
                    .GetAlternateLookup<ReadOnlySpan<char>>()))];
            _any = same.FirstOrDefault(one => one.Value is null) is { } any ? new Node(any) : null;
        }

        public Node? Find(string value)
        {
            if (_exact.TryGetValue(value, out var exact))
                return exact;
            foreach (var (length, nodes) in _prefixes)
            {
                if (length <= value.Length && nodes.TryGetValue(value.AsSpan(0, length), out var node))
                    return node;
            }

            return _any;
        }
    }
}
