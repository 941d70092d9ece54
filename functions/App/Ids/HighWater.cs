using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>
/// Marks that no number handed out by any home of a sequence lies above, kept on a quorum of all nodes while the sequence itself is counted in one table, its
/// home. A home raises the mark before it counts past it, and uses what it raised only if the members had not changed by then. So whoever
/// opens another home, because the tables were lost or the members changed, reads a mark above all that was ever handed out.
/// </summary>
internal sealed class HighWater(ReplicatedStore store, ClusterViews views, TimeProvider clock)
{
    /// <summary>Owners alone: stand-ins would acknowledge what the owners do not have, and a mark must be met by every later quorum.</summary>
    public static readonly QuorumRules Owners = new(null, Sloppy: false);

    /// <summary>The mark of a sequence; null when no quorum answers.</summary>
    public async Task<Mark?> ReadAsync(string sequence, string home, CancellationToken cancellationToken) =>
        await store.ReadAsync(Key(sequence), Owners, cancellationToken) is ReadResult.Read(var set, _, _) ? Merged(set, home) : null;

    /// <summary>Raises what a home may count up to. The mark as a quorum now holds it; null when that is not known, or another home may be in force.</summary>
    /// <param name="view">Says that it is the home.</param>
    /// <param name="sequence">What is counted.</param>
    /// <param name="home">Where.</param>
    /// <param name="to">The new mark, unless it is higher already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Mark?> RaiseAsync(ClusterView view, string sequence, string home, long to, CancellationToken cancellationToken)
    {
        var key = Key(sequence);
        if (await store.ReadAsync(key, Owners, cancellationToken) is not ReadResult.Read(var set, _, _) || Merged(set, home) is not { } now)
            return null;

        // What was read may lie on fewer nodes than a quorum, so it is written even when it is high enough.
        var raised = now with { Value = Math.Max(now.Value, to) };
        var intent = new WriteIntent(store.NewNonce(), set.Context, "application/json", RowJson.Encode(raised), clock.GetUtcNow());
        if (await store.WriteAsync(key, intent, Owners, cancellationToken) is not WriteResult.Written)
            return null;

        // Another home reads the mark only after the members changed: if they had not when this was written, it is read. If they had not since this
        // home read the mark either, no other home raised it in between.
        return await views.ConfirmAsync(view, cancellationToken) ? raised : null;
    }

    // Concurrent raises are siblings, of which each part's greatest counts. Null when one of them was not written by any version of this code.
    private static Mark? Merged(VersionSet set, string home)
    {
        var marks = set.Versions.Select(v => v.Value is { } json ? RowJson.TryDecode<Mark>(json) : null).OfType<Mark>().ToList();
        return marks.Count < set.Versions.Length ? null : new Mark(
            home,
            marks.Where(m => m.Home == home).Select(m => m.Value).DefaultIfEmpty().Max(),
            marks.Select(m => m.Home == home ? m.Others : Math.Max(m.Value, m.Others)).DefaultIfEmpty().Max());
    }

    /// <summary>Where the mark of a sequence lies.</summary>
    public static ReplicaKey Key(string sequence) => new("ids", sequence);
}

/// <param name="Home">The table that counted last.</param>
/// <param name="Value">It hands out nothing above this.</param>
/// <param name="Others">No home before it handed out anything above this.</param>
internal sealed record Mark(string Home, long Value, long Others);
