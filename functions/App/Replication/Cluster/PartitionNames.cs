using System.Globalization;

namespace Serverless.Replication;

/// <summary>PartitionKeys. Those of the ring's partitions are four hexadecimal digits, made once.</summary>
internal static class PartitionNames
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 65_536).Select(i => i.ToString("x4", CultureInfo.InvariantCulture))];

    /// <summary>Begins the PartitionKeys of rows that are kept on one node alone: nobody could tell such a row what it missed, so they go when their node goes back in time.</summary>
    public const string Sole = "sole.";

    /// <summary>After all that <see cref="Sole"/> begins.</summary>
    public const string AfterSole = "sole/";

    public static string Of(int partition) => Names[partition];
}
