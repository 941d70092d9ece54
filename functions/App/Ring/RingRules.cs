using System.Collections.Immutable;

namespace Serverless.Ring;

/// <summary>What a ring refuses to be, each as a sentence that names the field; null means nothing is wrong.</summary>
internal static class RingRules
{
    public static string? Refusal(ImmutableArray<RingNode> sortedNodes, int partitions, int copies, int epoch)
    {
        if (epoch < 1)
            return $"epoch must be 1 or more, and is {epoch}.";
        if (partitions is < 1 or > HashRing.MaxPartitions)
            return $"partitions must be 1 to {HashRing.MaxPartitions}, and is {partitions}.";
        if (copies is < 1 or > HashRing.MaxCopies)
            return $"copies must be 1 to {HashRing.MaxCopies}, and is {copies}.";
        if (sortedNodes.Length is 0 or > HashRing.MaxNodes)
            return $"nodes must be 1 to {HashRing.MaxNodes}, and there are {sortedNodes.Length}.";
        return sortedNodes.Select(Refusal).FirstOrDefault(refusal => refusal is not null) ?? Duplicate(sortedNodes);
    }

    private static string? Refusal(RingNode node)
    {
        if (node is null)
            return "nodes must not hold null.";
        if (!IsName(node.Id))
            return $"id of a node must be {NameRule}, and is '{node.Id}'.";
        if (!IsName(node.Region))
            return $"region of node '{node.Id}' must be {NameRule}, and is '{node.Region}'.";
        return node.Weight is < 1 or > RingNode.MaxWeight
            ? $"weight of node '{node.Id}' must be 1 to {RingNode.MaxWeight}, and is {node.Weight}."
            : null;
    }

    private static string? Duplicate(ImmutableArray<RingNode> sortedNodes)
    {
        for (var i = 1; i < sortedNodes.Length; i++)
        {
            if (sortedNodes[i].Id == sortedNodes[i - 1].Id)
                return $"id '{sortedNodes[i].Id}' is given to more than one node.";
        }

        return null;
    }

    private static readonly string NameRule = $"1 to {RingNode.MaxNameLength} ASCII letters, digits, '-', '.' or '_'";

    // ASCII only: text that looks alike but differs in bytes would place partitions differently.
    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= RingNode.MaxNameLength } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
