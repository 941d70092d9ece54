using System.Globalization;

namespace Serverless.Replication;

/// <summary>Partitions as PartitionKeys: four hexadecimal digits, made once.</summary>
internal static class PartitionNames
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 65_536).Select(i => i.ToString("x4", CultureInfo.InvariantCulture))];

    public static string Of(int partition) => Names[partition];
}
