using System.Text;

namespace Serverless.Replication;

/// <summary>What one node keeps for one owner: how much waits, and how handing it over goes.</summary>
/// <param name="Owner">The id of the node that the hints wait for.</param>
/// <param name="Count">About how many hints wait: off by those whose answer was lost and by what instances had not counted yet; set right when all have been handed over.</param>
/// <param name="FullSince">Since when the owner needs a full repair, because there were too many hints to keep one more; null when it needs none.</param>
/// <param name="DroppedAt">When the last hint was not kept for that reason.</param>
/// <param name="DeliveredAt">When one was last handed over.</param>
/// <param name="Failures">Runs in a row in which the owner did not take one.</param>
/// <param name="NextTry">No run before this.</param>
/// <param name="LeaseEnd">Until when a run has it to itself.</param>
internal sealed record HintState(
    string Owner, long Count, DateTimeOffset? FullSince, DateTimeOffset? DroppedAt, DateTimeOffset? DeliveredAt, int Failures, DateTimeOffset NextTry, DateTimeOffset LeaseEnd)
{
    /// <summary>The PartitionKey of these rows on each node.</summary>
    public const string Partition = "hints";

    private const int MostTries = 8;
    private const int MostOwners = 1_000;

    public static HintState None(string owner) => new(owner, 0, null, null, null, 0, default, default);

    /// <summary>What the node keeps for every owner; null when it does not answer.</summary>
    public static async Task<IReadOnlyList<HintState>?> ListAsync(Node standIn, CancellationToken cancellationToken) =>
        await standIn.Replica.ListAsync(Partition, "0", "1", MostOwners, cancellationToken) is RowList.Page(var rows)
            ? [.. rows.Select(row => RowJson.TryDecode<HintState>(row.Data)).OfType<HintState>()]
            : null;

    /// <summary>What the node keeps for one owner; null when it does not answer.</summary>
    public static async Task<HintState?> ReadAsync(Node standIn, string owner, CancellationToken cancellationToken) =>
        await standIn.Replica.ReadAsync(Partition, RowOf(owner), cancellationToken) switch
        {
            RowRead.Found(var row) => RowJson.TryDecode<HintState>(row.Data) ?? None(owner),
            RowRead.Missing => None(owner),
            _ => null,
        };

    /// <summary>Changes the row by compare-and-swap; null when <paramref name="change"/> answers null, or the node does not take it.</summary>
    public static async Task<HintState?> ChangeAsync(Node standIn, string owner, Func<HintState, HintState?> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var (state, etag) = await standIn.Replica.ReadAsync(Partition, RowOf(owner), cancellationToken) switch
            {
                RowRead.Found(var row) => (RowJson.TryDecode<HintState>(row.Data) ?? None(owner), row.ETag),
                RowRead.Missing => (None(owner), null),
                _ => (null, (string?)null),
            };
            if (state is null || change(state) is not { } next)
                return null;
            RowChange write = etag is null ? new RowChange.Insert(RowOf(owner), RowJson.Encode(next)) : new RowChange.Replace(RowOf(owner), RowJson.Encode(next), etag);
            switch (await standIn.Replica.CommitAsync(Partition, [write], cancellationToken))
            {
                case RowCommit.Done:
                    return next;
                case RowCommit.Refused:
                    continue;
                default:
                    return null;
            }
        }

        return null;
    }

    private static string RowOf(string owner) => $"0.{ReplicaKey.Encode(Encoding.UTF8.GetBytes(owner))}";
}
