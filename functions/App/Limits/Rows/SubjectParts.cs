namespace Serverless.Limits;

/// <summary>
/// The row of a subject that too many instances want at once, divided into several rows that are counted apart, each with its share of every limit; and put together again. Both happen in
/// one transaction over all the rows, so a change of a row that was planned before fails.
/// </summary>
/// <param name="terms">Into how many parts, and what is worth it.</param>
/// <param name="ruleOf">The rule of a limit; null when it is not known here.</param>
/// <param name="now">The present.</param>
internal sealed class SubjectParts(SplitTerms terms, Func<string, LimitRule?> ruleOf, Moment now)
{
    /// <summary>All rows of a subject as one.</summary>
    public SubjectRow Join(IEnumerable<SubjectRow> rows)
    {
        var whole = SubjectRow.Blank;
        foreach (var row in rows)
        {
            whole = whole with { DividedUntil = Math.Max(whole.DividedUntil, row.DividedUntil), Reservations = whole.Reservations.AddRange(row.Reservations) };
            foreach (var limit in row.Limits)
                whole = Join(whole, limit, row);
        }

        return whole;
    }

    /// <summary>A row in parts, which stay until somebody wants them together; null when it cannot be divided: limits that are small, exact, delaying, or not known here.</summary>
    public IReadOnlyList<SubjectRow>? Divide(SubjectRow whole)
    {
        var rows = Enumerable.Range(0, terms.Parts).Select(part => new SubjectRow([], part == 0 ? whole.Reservations : [], part, terms.Parts, whole.DividedUntil)).ToArray();
        foreach (var limit in whole.Limits)
        {
            if (ruleOf(limit.Id) is not { } rule || !terms.Fits(rule) || DividedState.Divide(limit.State, rule, terms.Parts) is not { } states)
                return null;
            for (var part = 0; part < rows.Length; part++)
                rows[part] = rows[part].With(limit.Id, rule.PartOf(part, rows.Length), states[part], now);
        }

        return rows;
    }

    private SubjectRow Join(SubjectRow whole, CountedLimit limit, SubjectRow row)
    {
        var rule = ruleOf(limit.Id);
        var state = rule is null ? limit.State : LimitAlgorithm.Of(rule.Algorithm).Advance(limit.State, rule.PartOf(row.Part, row.Parts), now);
        var known = whole.Limits.FirstOrDefault(l => l.Id == limit.Id);
        var joined = new CountedLimit(limit.Id, known is null ? state : DividedState.Join(known.State, state), Math.Max(known?.BlankAt ?? 0, limit.BlankAt));
        return whole with { Limits = known is null ? whole.Limits.Add(joined) : whole.Limits.Replace(known, joined) };
    }
}

/// <summary>When a subject is divided, and how.</summary>
/// <param name="Parts">Rows.</param>
/// <param name="LeastShare">The least that a part of a limit must be worth.</param>
/// <param name="Heat">Tries that a change of the row takes in vain, lately, from which on it is divided.</param>
/// <param name="Life">For how long it is divided again whenever it was put together.</param>
internal sealed record SplitTerms(int Parts, long LeastShare, double Heat, TimeSpan Life)
{
    public static readonly SplitTerms Default = new(8, 75, 4, TimeSpan.FromMinutes(1));

    /// <summary>Whether a limit can be counted in parts.</summary>
    public bool Fits(LimitRule rule) => rule is { Mode: not LimitMode.Exact, Delays: false } && Math.Min(rule.Limit, rule.Capacity) / Parts >= LeastShare;
}
