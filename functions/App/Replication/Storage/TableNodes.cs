using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace Serverless.Replication;

/// <summary>Opens the tables of the configured nodes, all over one pool of connections.</summary>
public sealed class TableNodes(TokenCredential? identity = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromMilliseconds(500),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseCookies = false,
        UseProxy = false,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private readonly ConcurrentDictionary<(string Id, Uri? Endpoint), TableServiceClient> _services = [];

    /// <summary>Whether there is something to sign in with at the node: its account key, or an identity.</summary>
    public bool CanOpen(NodeOptions node) => identity is not null || node is { Account: not null, Key: not null };

    public TableServiceClient Service(NodeOptions node) => _services.GetOrAdd((node.Id, node.Endpoint), _ =>
    {
        // No retries: a repeated write must be recognised by its nonce, and a dead node must fail at once so that another is asked.
        var options = new TableClientOptions
        {
            Transport = new HttpClientTransport(_http),
            Retry = { MaxRetries = 0 },
            Diagnostics = { IsLoggingEnabled = false, IsDistributedTracingEnabled = false, IsTelemetryEnabled = false },
        };
        return node is { Account: { } account, Key: { } key }
            ? new TableServiceClient(node.Endpoint!, new TableSharedKeyCredential(account, key), options)
            : new TableServiceClient(node.Endpoint!, identity ?? throw new InvalidOperationException(
                $"Node '{node.Id}' has no account key and this head has no identity: set Cluster:Nodes:*:Account and :Key, or run with a managed identity."), options);
    });

    public IReplica Replica(NodeOptions node, string table) => new TableReplica(Service(node).GetTableClient(table));

    public void Dispose() => _http.Dispose();
}
