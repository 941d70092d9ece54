using System.Text;
using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>The one layout of all regions: ids that are packed in different ways could be equal. The first instance that asks decides, in one table; a quorum of nodes keeps it.</summary>
internal sealed class AgreedLayout(ReplicatedStore store, ClusterViews views, SnowflakeLayout layout, TimeProvider clock)
{
    private const string Row = "0.layout";
    private const int MostTries = 2;
    private static readonly ReplicaKey Key = HighWater.Key("layout");

    /// <summary>Its name; null when it cannot be told.</summary>
    public async Task<string?> NameAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await store.ReadAsync(Key, HighWater.Owners, cancellationToken) is not ReadResult.Read(var set, _, _))
                return null;
            if (Kept(set) is { } kept)
                return kept;
            if (await views.GetAsync(cancellationToken) is not { } view || await DecidedAsync(view, cancellationToken) is not { } decided)
                return null;
            var intent = new WriteIntent(store.NewNonce(), set.Context, "text/plain", Encoding.UTF8.GetBytes(decided), clock.GetUtcNow());
            if (await store.WriteAsync(Key, intent, HighWater.Owners, cancellationToken) is WriteResult.Written && await views.ConfirmAsync(view, cancellationToken))
                return decided;
        }

        return null;
    }

    // Whoever inserts first, decides.
    private async Task<string?> DecidedAsync(ClusterView view, CancellationToken cancellationToken)
    {
        var home = Home.OfKey(view, Key);
        var read = await home.ReadOrOpenAsync(home.Partition("layout"), Row, () => Task.FromResult<byte[]?>(Encoding.UTF8.GetBytes(layout.Name)), cancellationToken);
        return read is RowRead.Found(var row) ? Encoding.UTF8.GetString(row.Data.Span) : null;
    }

    // Should there ever be two, neither is this instance's alone.
    private string? Kept(VersionSet set)
    {
        var names = set.Versions.Select(version => version.Value is { } name ? Encoding.UTF8.GetString(name.Span) : "").ToList();
        return names.Find(name => name != layout.Name) ?? names.FirstOrDefault();
    }
}
