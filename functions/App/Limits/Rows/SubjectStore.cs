using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>Reads and changes the rows of subjects at their homes.</summary>
internal sealed class SubjectStore(SubjectHomes homes, StorageClocks clocks)
{
    // Rows that are no subjects' own begin with a digit.
    private const string PartPrefix = "0.part.";
    private const int MostReads = 5;

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

    /// <summary>The row in which a holder counts, as it is; null when that cannot be told.</summary>
    /// <param name="home">Where.</param>
    /// <param name="holder">Whose part, if the subject is divided.</param>
    /// <param name="parts">Rows that the subject was last seen divided into.</param>
    /// <param name="metered">Called for each call of the storage.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoredSubject?> ReadAsync(SubjectHome home, ulong holder, int parts, Action? metered, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostReads; tries++)
        {
            metered?.Invoke();
            switch (await home.Node.Replica.ReadAsync(home.Partition, NameOf(home, DividedState.PartOf(holder, parts)), cancellationToken))
            {
                case RowRead.Found(var row) when StoredRow.Of(row) is { } stored:
                    if (stored.Row.Parts == parts)
                        return new StoredSubject(home, [stored]);
                    parts = stored.Row.Parts;
                    break;
                case RowRead.Missing when DividedState.PartOf(holder, parts) == 0:
                    // Never counted, or forgotten together with everything else.
                    return await homes.ReopenedAsync(home, cancellationToken) is { } since ? new StoredSubject(home with { Since = since }, [new StoredRow(SubjectRow.Blank, "")]) : null;
                case RowRead.Missing:
                    parts = 1;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>
    /// All rows of a subject as they were, each at some moment of this; null when that cannot be told. A change of them together fails if one of them has changed since. The first is
    /// read after the others, so that a reservation, which only ever moves to the first, is not missed.
    /// </summary>
    public async Task<StoredSubject?> ReadTogetherAsync(SubjectHome home, Action? metered, CancellationToken cancellationToken)
    {
        var others = new List<StoredRow>();
        for (var tries = 0; tries < MostReads; tries++)
        {
            if (await ReadAsync(home, 0, others.Count + 1, metered, cancellationToken) is not { } first)
                return null;
            var parts = first.Rows[0].Row.Parts;
            if (parts == others.Count + 1 || parts == 1)
                return parts == 1 ? first : first with { Rows = [.. first.Rows, .. others] };
            metered?.Invoke();
            if (await home.Node.Replica.ListAsync(home.Partition, PartPrefix + home.Row + ".", PartPrefix + home.Row + "/", parts, cancellationToken) is not RowList.Page(var rest))
                return null;
            others = [.. rest.Select(StoredRow.Of).OfType<StoredRow>().OrderBy(row => row.Row.Part)];
        }

        return null;
    }

    /// <summary>Puts other rows in the place of those that were read, all or none.</summary>
    public static Task<RowCommit> ChangeAsync(StoredSubject stored, IReadOnlyList<SubjectRow> rows, CancellationToken cancellationToken)
    {
        var changes = new List<RowChange>(stored.Rows.Length);
        foreach (var row in rows)
        {
            var (name, data) = (NameOf(stored.Home, row.Part), row.ToJson());
            changes.Add(stored.Rows.FirstOrDefault(old => old.Row.Part == row.Part) is { ETag: { Length: > 0 } etag } ? new RowChange.Replace(name, data, etag) : new RowChange.Insert(name, data));
        }

        foreach (var gone in stored.Rows.Where(old => rows.All(row => row.Part != old.Row.Part)))
            changes.Add(new RowChange.Delete(NameOf(stored.Home, gone.Row.Part), gone.ETag));
        return stored.Home.Node.Replica.CommitAsync(stored.Home.Partition, changes, cancellationToken);
    }

    private static string NameOf(SubjectHome home, int part) => part == 0 ? home.Row : string.Create(CultureInfo.InvariantCulture, $"{PartPrefix}{home.Row}.{part}");
}

/// <param name="Home">Where it lies.</param>
/// <param name="Rows">The one in which this instance counts, or all of them.</param>
internal sealed record StoredSubject(SubjectHome Home, ImmutableArray<StoredRow> Rows)
{
    /// <summary>Nothing is counted elsewhere.</summary>
    public bool IsWhole => Rows.Length == Rows[0].Row.Parts;

    /// <summary>The ETag of the row in which a holder counts.</summary>
    public string ETagOf(ulong holder) => Rows[DividedState.PartOf(holder, Rows.Length)].ETag;

    /// <summary>The same after a change, as a holder sees it.</summary>
    public StoredSubject After(IReadOnlyList<SubjectRow> rows, IReadOnlyList<string> etags, ulong holder)
    {
        var own = DividedState.PartOf(holder, rows.Count);
        return this with { Rows = [new StoredRow(rows[own], etags[own])] };
    }
}

/// <param name="Row">What it says.</param>
/// <param name="ETag">Empty when there is no row.</param>
internal sealed record StoredRow(SubjectRow Row, string ETag)
{
    /// <summary>Null when it was not written by any version of this code.</summary>
    public static StoredRow? Of(Row row) => SubjectRow.FromJson(row.Data) is { } subject ? new StoredRow(subject, row.ETag) : null;
}
