using Azure;
using Azure.Data.Tables;
using Serverless.Local.Cloud;

namespace Serverless.Tests.Local;

/// <summary>A table on a node, for tests of what survives.</summary>
internal sealed class CloudTable(LocalNode node)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private TableClient Client { get; } = new(
        node.TableEndpoint,
        "rows",
        new TableSharedKeyCredential(node.Account, node.Key),
        new TableClientOptions { Retry = { MaxRetries = 0 } });

    public async Task WriteAsync(int rows)
    {
        await Client.CreateIfNotExistsAsync(Cancelled);
        await Parallel.ForEachAsync(Enumerable.Range(0, rows), Cancelled, async (row, cancelled) =>
            await Client.AddEntityAsync(new TableEntity("p", $"{row}"), cancelled));
    }

    /// <summary>Rows, or null when the table is not there.</summary>
    public async Task<int?> CountAsync()
    {
        try
        {
            return await Client.QueryAsync<TableEntity>(cancellationToken: Cancelled).CountAsync(Cancelled);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}
