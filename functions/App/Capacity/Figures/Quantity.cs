namespace Serverless.Capacity;

/// <summary>A number that is known and not reckoned: a limit, a price, a promise or an assumption.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">In units of <paramref name="Unit"/>.</param>
/// <param name="Unit">As formulas print it; empty for a plain number.</param>
/// <param name="Source">Who says so.</param>
public sealed record Quantity(string Name, decimal Value, string Unit, string Source)
{
    public static implicit operator Term(Quantity known) => known.ToTerm();

    public Term ToTerm() => Term.Of(Value, Unit);
}
