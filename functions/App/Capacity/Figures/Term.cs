using System.Globalization;

namespace Serverless.Capacity;

/// <summary>
/// A quantity and the text of how it is reckoned. Each operation makes both from the same operands, so neither can go its own way. Decimal, because people check
/// these sums by hand: 1.1 × 10 is 11.
/// </summary>
public sealed class Term
{
    private const string Number = "#,0.############################";

    private readonly Rank _rank;

    private Term(decimal value, string text, Rank rank) => (Value, Text, _rank) = (value, text, rank);

    private enum Rank
    {
        Sum,
        Product,
        Atom,
    }

    public decimal Value { get; }

    /// <summary>Such as "150,000,000 users × 2 posts / 86,400 s".</summary>
    public string Text { get; }

    /// <summary>A number and its unit, which may be empty.</summary>
    public static Term Of(decimal value, string unit = "") => new(value, Format(value, unit), Rank.Atom);

    public static Term operator +(Term left, Term right) => Join(left, "+", right, left.Value + right.Value, Rank.Sum);

    public static Term operator -(Term left, Term right) => Join(left, "-", right, left.Value - right.Value, Rank.Sum);

    public static Term operator *(Term left, Term right) => Join(left, "×", right, left.Value * right.Value, Rank.Product);

    public static Term operator /(Term left, Term right) => Join(left, "/", right, left.Value / right.Value, Rank.Product);

    /// <summary>Rounded up to a whole number.</summary>
    public static Term Ceiling(Term term) => Call("ceil", decimal.Ceiling(term.Value), term);

    public static Term Max(params Term[] terms) => Call("max", terms.Max(term => term.Value), terms);

    public static Term Min(params Term[] terms) => Call("min", terms.Min(term => term.Value), terms);

    /// <summary>The sum of as many as there are; 0 of none.</summary>
    public static Term Sum(IEnumerable<Term> terms) => terms.Aggregate((Term?)null, (sum, term) => sum is null ? term : sum + term) ?? Of(0);

    /// <summary>The product of as many as there are; 1 of none.</summary>
    public static Term Product(IEnumerable<Term> terms) => terms.Aggregate((Term?)null, (product, term) => product is null ? term : product * term) ?? Of(1);

    /// <summary>A number as people read it, with its unit.</summary>
    public static string Format(decimal value, string unit) =>
        value.ToString(Number, CultureInfo.InvariantCulture) is var text && unit.Length == 0 ? text : $"{text} {unit}";

    private static Term Call(string name, decimal value, params Term[] terms) =>
        new(value, $"{name}({string.Join("; ", terms.Select(term => term.Text))})", Rank.Atom);

    // As whoever reads it from left to right reckons it: what stands on the right needs brackets unless it binds more closely.
    private static Term Join(Term left, string sign, Term right, decimal value, Rank rank) =>
        new(value, $"{(left._rank < rank ? $"({left.Text})" : left.Text)} {sign} {(right._rank <= rank ? $"({right.Text})" : right.Text)}", rank);
}
