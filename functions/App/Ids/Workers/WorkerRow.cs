using System.Globalization;
using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>What is stored of one worker id.</summary>
/// <param name="Owner">Random; names one lease of one instance. Empty: given back.</param>
/// <param name="LeaseEpoch">Grows by one with each owner.</param>
/// <param name="LeaseEnd">By the owner's clock. After it others may take the worker id, and sooner when they see that it is not renewed; that is all that a wrong clock can change.</param>
/// <param name="ReservedUntil">The owner issues no id of this millisecond (since the layout's epoch) or a later one; its successors none of an earlier one.</param>
internal sealed record WorkerRow(string Owner, long LeaseEpoch, DateTimeOffset LeaseEnd, long ReservedUntil)
{
    private const string Prefix = "0.worker.";

    public static string Name(int worker) => Prefix + worker.ToString("D7", CultureInfo.InvariantCulture);

    /// <summary>The worker ids among a region's rows, with their rows. A row that no version of this code wrote makes its worker id unusable.</summary>
    public static IEnumerable<(int Worker, WorkerRow? Row, string ETag)> Among(IEnumerable<Row> rows)
    {
        foreach (var row in rows)
        {
            if (row.Name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(row.Name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var worker))
                yield return (worker, RowJson.TryDecode<WorkerRow>(row.Data), row.ETag);
        }
    }
}

/// <summary>What is stored once for all workers of a region.</summary>
/// <param name="Start">No worker begins before this millisecond: those of a home before this one may have come so far.</param>
/// <param name="Ceiling">No worker reserves beyond this millisecond before a quorum of nodes holds a higher mark.</param>
/// <param name="Others">The mark of other homes that <paramref name="Start"/> accounts for.</param>
/// <param name="Layout">How the ids are packed: <see cref="SnowflakeLayout.Name"/>.</param>
internal sealed record RegionRow(long Start, long Ceiling, long Others, string Layout)
{
    public const string Name = "0.region";
}
