using System.Security.Cryptography;
using System.Text;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>Reads and changes the rows of subjects at their homes.</summary>
internal sealed class SubjectStore(SubjectHomes homes, StorageClocks clocks)
{
    /// <summary>The key by which a subject is placed; of a long one, its hash (SHA-256).</summary>
    public static ReplicaKey KeyOf(string subject)
    {
        var bytes = Encoding.UTF8.GetByteCount(subject);
        return new ReplicaKey("limits", bytes <= ReplicaKey.MaxBytes ? subject : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject))));
    }

    /// <summary>Where a subject is counted and what time it is there; null when that cannot be told.</summary>
    public async Task<(SubjectHome Home, Moment Now)?> FindAsync(ReplicaKey subject, CancellationToken cancellationToken) =>
        await homes.OfAsync(subject, cancellationToken) is { } home && await clocks.NowAsync(home.Node, cancellationToken) is { } now ? (home, now) : null;

    /// <summary>The present at a home, as far as it is known without asking.</summary>
    public Moment? NowAt(SubjectHome home) => clocks.Known(home.Node);

    /// <summary>A row as it is; null when that cannot be told.</summary>
    public async Task<StoredSubject?> ReadAsync(SubjectHome home, CancellationToken cancellationToken)
    {
        switch (await home.Node.Replica.ReadAsync(home.Partition, home.Row, cancellationToken))
        {
            case RowRead.Found(var row):
                return SubjectRow.FromJson(row.Data) is { } stored ? new StoredSubject(home, stored, row.ETag) : null;
            case RowRead.Missing:
                // Never counted, or forgotten together with everything else.
                return await homes.ReopenedAsync(home, cancellationToken) is { } since ? new StoredSubject(home with { Since = since }, SubjectRow.Blank, "") : null;
            default:
                return null;
        }
    }

    /// <summary>Puts another row in the place of one that was read.</summary>
    public static Task<RowCommit> ChangeAsync(StoredSubject stored, SubjectRow row, CancellationToken cancellationToken)
    {
        var (home, data) = (stored.Home, row.ToJson());
        RowChange change = stored.ETag.Length == 0 ? new RowChange.Insert(home.Row, data) : new RowChange.Replace(home.Row, data, stored.ETag);
        return home.Node.Replica.CommitAsync(home.Partition, [change], cancellationToken);
    }
}

/// <param name="Home">Where it lies.</param>
/// <param name="Row">What it says.</param>
/// <param name="ETag">Empty when there is no row.</param>
internal sealed record StoredSubject(SubjectHome Home, SubjectRow Row, string ETag);
