using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>
/// Reserve, then settle: a request uses its estimated cost at once, and what it turned out not to need is given back. What was reserved is kept in the subjects' rows, so it can be settled
/// once, on any instance; what nobody settles in time stays used.
/// </summary>
public sealed class Reservations
{
    // Behind 16 digits and a tilde.
    private const int NameAt = 17;
    private const string Nothing = "-";
    private const int MostTries = 10;
    private const int LongestPauseMilliseconds = 50;

    private readonly Limiter _limiter;
    private readonly SubjectStore _store;
    private readonly TimeProvider _clock;
    private readonly Random _random;

    internal Reservations(Limiter limiter, SubjectStore store, TimeProvider clock, Random random) => (_limiter, _store, _clock, _random) = (limiter, store, clock, random);

    /// <summary>Uses the cost of every limit, or of none.</summary>
    /// <param name="check">What applies.</param>
    /// <param name="cost">At least 1: the most that it may turn out to be.</param>
    /// <param name="for">How long it may be settled.</param>
    /// <param name="cancellationToken">Stops waiting; something may have been used by then.</param>
    public async Task<(LimitVerdict Verdict, string? Reservation)> ReserveAsync(LimitCheck check, long cost, TimeSpan @for, CancellationToken cancellationToken)
    {
        if (check.Exceeded(cost) is { } never)
            return (new LimitVerdict.Impossible(never), null);
        var had = new List<(string Subject, ulong Id)>();
        var verdict = (LimitVerdict)LimitVerdict.Admitted.AtOnce;
        foreach (var (subject, limits) in check.Parts)
        {
            var asked = await _limiter.AskAsync(check, subject, new Waiter(limits, cost, Wish.Reservation) { ReservedFor = @for }, cancellationToken);
            verdict = Limiter.Verdict([asked], check);
            if (asked.Outcome is WaiterOutcome.Had(_, var id))
                had.Add((subject.Subject, id));
            if (verdict is not LimitVerdict.Admitted)
                break;
        }

        _limiter.Count(check, verdict);
        if (verdict is LimitVerdict.Admitted)
            return (verdict, Format(had));
        foreach (var (subject, id) in had)
            await SettleAsync(subject, id, 0, cancellationToken);
        return (verdict, null);
    }

    /// <summary>Says what a reservation came to; the rest of it is given back.</summary>
    /// <param name="domain">Whose it must be.</param>
    /// <param name="reservation">As it was answered.</param>
    /// <param name="used">What was used after all: 0 gives all of it back.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<SettleOutcome> SettleAsync(string domain, string reservation, long used, CancellationToken cancellationToken)
    {
        if (Parse(reservation) is not { } parts || parts.Exists(part => !part.Subject.StartsWith(domain + "|", StringComparison.Ordinal)))
            return SettleOutcome.Malformed;

        // One that no limit applied to is settled as it is.
        var settled = parts.Count == 0 ? SettleOutcome.Settled : SettleOutcome.Gone;
        foreach (var (subject, id) in parts)
        {
            var outcome = await SettleAsync(subject, id, used, cancellationToken);
            if (outcome is SettleOutcome.Unavailable or SettleOutcome.TooMuch)
                return outcome;
            settled = outcome == SettleOutcome.Settled ? outcome : settled;
        }

        return settled;
    }

    private async Task<SettleOutcome> SettleAsync(string subject, ulong id, long used, CancellationToken cancellationToken)
    {
        var (key, isUncertain) = (SubjectStore.KeyOf(subject), false);
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await _store.FindAsync(key, cancellationToken) is not var (home, now) || await _store.ReadTogetherAsync(home, null, cancellationToken) is not { } stored)
                return SettleOutcome.Unavailable;
            var (row, reservation) = stored.Rows.SelectMany(row => row.Row.Reservations, (row, reservation) => (row, reservation)).FirstOrDefault(pair => pair.reservation.Id == id);
            if (reservation is null || reservation.Until < now.Earliest)
                return isUncertain ? SettleOutcome.Settled : SettleOutcome.Gone;
            if (reservation.Parts.Any(part => used > part.Amount))
                return SettleOutcome.TooMuch;
            switch (await SubjectStore.ChangeAsync(stored with { Rows = [row] }, [Settled(row.Row, reservation, used, now)], cancellationToken))
            {
                case RowCommit.Done:
                    return SettleOutcome.Settled;
                case RowCommit.Unavailable:
                    return SettleOutcome.Unavailable;
                case RowCommit.Uncertain:
                    isUncertain = true;
                    break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(LongestPauseMilliseconds)), _clock, CancellationToken.None);
        }

        return SettleOutcome.Unavailable;
    }

    private static SubjectRow Settled(SubjectRow row, Reservation reservation, long used, Moment now)
    {
        row = row with { Reservations = row.Reservations.Remove(reservation) };
        foreach (var (limit, whole, mark, amount) in reservation.Parts)
        {
            var (rule, algorithm) = (whole.PartOf(row.Part, row.Parts), LimitAlgorithm.Of(whole.Algorithm));
            var state = algorithm.Advance(row.StateOf(limit, rule), rule, now);

            // What was used may have been in a larger part than this, which leaked faster: by the whole rule no more comes back than was there.
            row = row.With(limit, rule, algorithm.Refund(state, whole, now, mark, amount - used), now);
        }

        return row;
    }

    // Whoever has it may settle it, so it need not be secret; it names rows, so it need not be looked up.
    private static string Format(List<(string Subject, ulong Id)> parts) => parts.Count == 0 ? Nothing : string.Join('.', parts.Select(part =>
        $"{part.Id.ToString("x16", CultureInfo.InvariantCulture)}~{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.Subject))}"));

    private static List<(string Subject, ulong Id)>? Parse(string reservation)
    {
        var parts = new List<(string Subject, ulong Id)>();
        foreach (var part in reservation == Nothing ? [] : reservation.Split('.'))
        {
            var name = part.Length > NameAt ? part.AsSpan(NameAt) : [];
            if (!Base64Url.IsValid(name) || !ulong.TryParse(part.AsSpan(0, Math.Min(part.Length, NameAt - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
                return null;
            parts.Add((Encoding.UTF8.GetString(Base64Url.DecodeFromChars(name)), id));
        }

        return parts;
    }
}

/// <summary>What became of a reservation.</summary>
public enum SettleOutcome
{
    /// <summary>What was not used has been given back.</summary>
    Settled,

    /// <summary>It was settled before, its time is over, or it never was: all of it stays used.</summary>
    Gone,

    /// <summary>More than was reserved; nothing was changed.</summary>
    TooMuch,

    /// <summary>No reservation looks like this.</summary>
    Malformed,

    /// <summary>Its home does not answer; whether it was settled is not known.</summary>
    Unavailable,
}
