using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Serverless.Replication;

/// <summary>
/// A replica in one Azure table. A row's bytes lie in properties d0, d1, … of 64 KiB each, which is what a property may hold.
/// The client's own retries are off (<see cref="TableNodes"/>): a retry here is another node, and a repeated write must be
/// recognised by its nonce, which only the caller can do.
/// </summary>
internal sealed class TableReplica(TableClient table) : IReplica
{
    /// <summary>The reason given when the node has no such table: it lost its state, or holds another incarnation.</summary>
    public const string TableMissing = "table-missing";

    /// <summary>The reason given when the request itself cannot be accepted: the node is well.</summary>
    public const string Unacceptable = "unacceptable";

    private const string NoTable = "TableNotFound";
    private const int PropertyBytes = 64 * 1024;
    private static readonly string[] Properties = [.. Enumerable.Range(0, 15).Select(i => "d" + i.ToString(CultureInfo.InvariantCulture))];

    public async Task<RowRead> ReadAsync(string partition, string row, CancellationToken cancellationToken)
    {
        try
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellationToken);
            if (found.HasValue)
                return new RowRead.Found(ToRow(found.Value!));

            // A missing table is a node that lost its state: never mistake it for a missing row.
            return IsMissingTable(found.GetRawResponse()) ? new RowRead.Unavailable(TableMissing) : RowRead.Missing.Instance;
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            return new RowRead.Unavailable(Reason(failure));
        }
    }

    public async Task<RowCommit> CommitAsync(string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        try
        {
            return new RowCommit.Done(changes.Count == 1
                ? [await SingleAsync(partition, changes[0], cancellationToken)]
                : await TransactionAsync(partition, changes, cancellationToken));
        }
        catch (RequestFailedException refused) when (refused.Status is 409 or 412 or 404 && !IsMissingTable(refused))
        {
            return new RowCommit.Refused(refused.ErrorCode ?? "refused");
        }
        catch (RequestFailedException refused) when (refused.Status is >= 400 and < 500)
        {
            return new RowCommit.Unavailable(Reason(refused));
        }
        catch (RequestFailedException failure) when (failure.Status == 0 && IsConnectRefusal(failure))
        {
            return new RowCommit.Unavailable(Reason(failure));
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            return new RowCommit.Uncertain(Reason(failure));
        }
    }

    public async Task<RowList> ListAsync(string partition, string from, string to, int limit, CancellationToken cancellationToken)
    {
        try
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {from} and RowKey lt {to}");
            var rows = new List<Row>();
            await foreach (var page in table.QueryAsync<TableEntity>(filter, limit, cancellationToken: cancellationToken).AsPages())
            {
                rows.AddRange(page.Values.Select(ToRow));
                if (rows.Count >= limit)
                    break;
            }

            return new RowList.Page(rows.Count > limit ? rows[..limit] : rows);
        }
        catch (Exception failure) when (IsFailure(failure))
        {
            return new RowList.Unavailable(Reason(failure));
        }
    }

    private async Task<string> SingleAsync(string partition, RowChange change, CancellationToken cancellationToken)
    {
        switch (change)
        {
            case RowChange.Insert(var row, var data):
                return ETag(await table.AddEntityAsync(ToEntity(partition, row, data), cancellationToken));
            case RowChange.Replace(var row, var data, var etag):
                return ETag(await table.UpdateEntityAsync(ToEntity(partition, row, data), new ETag(etag), TableUpdateMode.Replace, cancellationToken));
            case RowChange.Put(var row, var data):
                return ETag(await table.UpsertEntityAsync(ToEntity(partition, row, data), TableUpdateMode.Replace, cancellationToken));
            case RowChange.Delete(var row, var etag):
                var deleted = await table.DeleteEntityAsync(partition, row, new ETag(etag), cancellationToken);
                return deleted.Status == 404 ? throw new RequestFailedException(deleted) : "";
            default:
                throw new ArgumentOutOfRangeException(nameof(change));
        }
    }

    private async Task<IReadOnlyList<string>> TransactionAsync(
        string partition, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var actions = changes.Select(change => change switch
        {
            RowChange.Insert(var row, var data) => new TableTransactionAction(TableTransactionActionType.Add, ToEntity(partition, row, data)),
            RowChange.Replace(var row, var data, var etag) =>
                new TableTransactionAction(TableTransactionActionType.UpdateReplace, ToEntity(partition, row, data), new ETag(etag)),
            RowChange.Put(var row, var data) => new TableTransactionAction(TableTransactionActionType.UpsertReplace, ToEntity(partition, row, data)),
            RowChange.Delete(var row, var etag) =>
                new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, row), new ETag(etag)),
            _ => throw new ArgumentOutOfRangeException(nameof(changes)),
        });
        var answer = await table.SubmitTransactionAsync(actions, cancellationToken);
        return [.. answer.Value.Select(response => response.Headers.ETag?.ToString() ?? "")];
    }

    private static TableEntity ToEntity(string partition, string row, ReadOnlyMemory<byte> data)
    {
        var entity = new TableEntity(partition, row);
        var used = 0;
        do
        {
            var chunk = data[..Math.Min(data.Length, PropertyBytes)];
            entity[Properties[used++]] = chunk.ToArray();
            data = data[chunk.Length..];
        }
        while (!data.IsEmpty);
        return entity;
    }

    private static Row ToRow(TableEntity entity)
    {
        var first = entity.GetBinary(Properties[0]) ?? [];
        if (first.Length < PropertyBytes)
            return new Row(entity.RowKey, entity.ETag.ToString(), first, entity.Timestamp ?? default);

        var chunks = Properties.Select(entity.GetBinary).TakeWhile(chunk => chunk is not null);
        return new Row(entity.RowKey, entity.ETag.ToString(), chunks.SelectMany(chunk => chunk!).ToArray(), entity.Timestamp ?? default);
    }

    private static string ETag(Response response) => response.Headers.ETag?.ToString() ?? "";

    private static bool IsMissingTable(Response? response) =>
        response is { Status: 404 } && (response.Headers.TryGetValue("x-ms-error-code", out var code) && code is not null
            ? code == NoTable
            : response.Content?.ToString().Contains(NoTable, StringComparison.Ordinal) == true);

    private static bool IsMissingTable(RequestFailedException failure) =>
        failure.Status == 404 && (failure.ErrorCode == NoTable || failure.Message.Contains(NoTable, StringComparison.Ordinal));

    private static bool IsConnectRefusal(Exception failure) =>
        failure.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    private static bool IsFailure(Exception failure) =>
        failure is RequestFailedException or OperationCanceledException or HttpRequestException or IOException or AggregateException;

    private static string Reason(Exception failure) => failure switch
    {
        RequestFailedException missing when IsMissingTable(missing) => TableMissing,
        RequestFailedException { Status: 400 or 413 } => Unacceptable,
        RequestFailedException { Status: > 0 } answered => $"{answered.Status} {answered.ErrorCode}",
        OperationCanceledException => "timeout",
        _ => "unreachable",
    };
}
