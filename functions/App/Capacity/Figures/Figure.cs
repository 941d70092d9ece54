namespace Serverless.Capacity;

/// <summary>
/// One result with its formula. It is rounded to six digits (and never beyond whole numbers), and what builds on it goes on with the rounded value: whoever follows the printed
/// numbers on paper comes to the printed results.
/// </summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">In units of <paramref name="Unit"/>.</param>
/// <param name="Unit">Such as "/s" or "TB", which is 10^12 bytes; empty for a plain number.</param>
/// <param name="Formula">The numbers put in, such as "150,000,000 users × 2 posts / 86,400 s = 3,472.22 /s".</param>
public sealed record Figure(string Name, decimal Value, string Unit, string Formula)
{
    private const int Digits = 6;

    /// <summary>Names what a term comes to.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="term">How it is reckoned.</param>
    /// <param name="decimals">Decimals that are kept; null: six digits in all. For shares close to 1, whose distance to 1 is what counts.</param>
    public static Figure Of(string name, string unit, Term term, int? decimals = null)
    {
        var value = Math.Round(term.Value, decimals ?? DecimalsOf(term.Value));
        var result = Term.Format(value, unit);
        return new Figure(name, value, unit, term.Text == result ? result : $"{term.Text} = {result}");
    }

    // 3,472.22 keeps two, 0.000123456 nine, 150,000,000 none.
    private static int DecimalsOf(decimal value)
    {
        var (decimals, size) = (Digits - 1, Math.Abs(value));
        for (; size >= 10 && decimals > 0; decimals--)
            size /= 10;
        for (; size is > 0 and < 1 && decimals < 28; decimals++)
            size *= 10;
        return decimals;
    }
}

/// <summary>Figures that belong together.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Figures">In the order in which they build on each other.</param>
public sealed record FigureGroup(string Name, IReadOnlyList<Figure> Figures);
