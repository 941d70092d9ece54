using System.Globalization;
using System.Text;

namespace Serverless.Replication;

/// <summary>
/// How hints are named: a PartitionKey per owner they wait for, and rows that begin with the partition of their key, so that a
/// hint tells where it belongs whatever the ring looks like by then.
/// </summary>
internal static class HintNames
{
    private const int Digits = 4;

    /// <summary>The PartitionKey of all hints kept for an owner. Ids are encoded: they may hold characters that no key may.</summary>
    public static string PartitionOf(string owner) => $"hints.{ReplicaKey.Encode(Encoding.UTF8.GetBytes(owner))}";

    /// <param name="partition">In four hexadecimal digits.</param>
    public static string Prefix(string partition) => $"{partition}.";

    /// <summary>After all hints of the partition, and before those of the next.</summary>
    /// <inheritdoc cref="Prefix" path="/param"/>
    public static string AfterPrefix(string partition) => $"{partition}/";

    /// <summary>The partition and the key of a hint; null for any other row, such as that of a long value.</summary>
    public static (int Partition, ReplicaKey Key)? Parse(string row) =>
        row.Length > Digits + 1 && row[Digits] == '.'
        && int.TryParse(row.AsSpan(0, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var partition)
        && ReplicaKey.FromRow(row[(Digits + 1)..]) is { } key
            ? (partition, key)
            : null;
}
