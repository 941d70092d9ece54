using System.Collections.Immutable;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>All that is remembered of one subject: one row, so that several limits change together or not at all. Immutable.</summary>
/// <param name="Limits">What each limit remembers; one that is not here is blank.</param>
/// <param name="Reservations">What was reserved and may still be settled for less.</param>
/// <param name="Part">Which of <paramref name="Parts"/> it is, from 0.</param>
/// <param name="Parts">Rows among which the subject's limits are divided: 1 unless too many instances want it at once.</param>
/// <param name="DividedUntil">The tick until which it is divided again whenever it was put together.</param>
public sealed record SubjectRow(ImmutableArray<CountedLimit> Limits, ImmutableArray<Reservation> Reservations, int Part = 0, int Parts = 1, long DividedUntil = 0)
{
    /// <summary>The most limits, and the most open reservations, of one subject: 200 of each.</summary>
    public const int MostParts = 200;

    public static readonly SubjectRow Blank = new([], []);

    /// <summary>What a limit remembers.</summary>
    public LimitState StateOf(string id, LimitRule rule)
    {
        foreach (var limit in Limits)
        {
            if (limit.Id == id)
                return limit.State;
        }

        return LimitAlgorithm.Of(rule.Algorithm).Blank;
    }

    /// <summary>The same with another state of one limit.</summary>
    public SubjectRow With(string id, LimitRule rule, LimitState state, Moment now)
    {
        var at = Limits.Length - 1;
        while (at >= 0 && Limits[at].Id != id)
            at--;
        if (state.IsBlank)
            return at < 0 ? this : this with { Limits = Limits.RemoveAt(at) };
        var counted = new CountedLimit(id, state, LimitAlgorithm.Of(rule.Algorithm).WholeAt(state, rule, now));
        return this with { Limits = at < 0 ? Limits.Add(counted) : Limits.SetItem(at, counted) };
    }

    /// <summary>Without what time has made blank: limits that nobody used for as long as they remember, and reservations that nobody settled.</summary>
    public SubjectRow Tidy(long tick) => this with
    {
        Limits = Limits.RemoveAll(limit => limit.BlankAt <= tick),
        Reservations = Reservations.RemoveAll(reservation => reservation.Until < tick),
    };

    public byte[] ToJson() => RowJson.Encode(this);

    /// <summary>Null when the bytes were not written by any version of this code.</summary>
    public static SubjectRow? FromJson(ReadOnlyMemory<byte> bytes) =>
        RowJson.TryDecode<SubjectRow>(bytes) is { Limits.IsDefault: false, Reservations.IsDefault: false } row ? row : null;
}

/// <param name="Id">As <see cref="MatchedLimit.Id"/>.</param>
/// <param name="State">What it remembers.</param>
/// <param name="BlankAt">The tick from which it is as good as blank.</param>
public sealed record CountedLimit(string Id, LimitState State, long BlankAt);

/// <param name="Id">Random.</param>
/// <param name="Until">The last tick at which it may be settled.</param>
/// <param name="Parts">What was used of each limit.</param>
public sealed record Reservation(ulong Id, long Until, ImmutableArray<ReservedPart> Parts);

/// <param name="Limit">As <see cref="MatchedLimit.Id"/>.</param>
/// <param name="Rule">As it was then: what it takes to give back.</param>
/// <param name="Mark">By what the use is found again.</param>
/// <param name="Amount">Tokens.</param>
public sealed record ReservedPart(string Limit, LimitRule Rule, long Mark, long Amount);
