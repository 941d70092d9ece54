namespace Serverless.Limits;

/// <summary>One node of the tree of rules. Immutable.</summary>
/// <param name="Key">Which key of a request it is about.</param>
/// <param name="Value">Which value; a prefix when it ends with '*'; null: any, and each value has a count of its own.</param>
/// <param name="Rule">The limit of what ends here, and of all below; null: none.</param>
/// <param name="Descriptors">What may follow, with no key and value twice.</param>
public sealed record RuleDescriptor(string Key, string? Value, LimitRule? Rule, IReadOnlyList<RuleDescriptor> Descriptors);
