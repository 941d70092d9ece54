using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

public class FigureTests
{
    private static readonly Term Two = Term.Of(2);
    private static readonly Term Three = Term.Of(3, "nodes");
    private static readonly Term Four = Term.Of(4);

    public static TheoryData<Term, string, decimal> Terms => new()
    {
        { Two * Three / Four, "2 × 3 nodes / 4", 1.5m },
        { Two + Three * Four, "2 + 3 nodes × 4", 14 },
        { (Two + Three) * Four, "(2 + 3 nodes) × 4", 20 },
        { Two - (Three - Four), "2 - (3 nodes - 4)", 3 },
        { Two - Three + Four, "2 - 3 nodes + 4", 3 },
        { Two / (Three / Four), "2 / (3 nodes / 4)", 2 / 0.75m },
        { Four * (Two / Four), "4 × (2 / 4)", 2 },
        { Term.Ceiling(Three / Two) * Four, "ceil(3 nodes / 2) × 4", 8 },
        { Term.Max(Two, Three + Four, Four) - Two, "max(2; 3 nodes + 4; 4) - 2", 5 },
        { Term.Min(Two * Three, Four) / Two, "min(2 × 3 nodes; 4) / 2", 2 },
        { Term.Sum([Two, Three, Four]) * Two, "(2 + 3 nodes + 4) × 2", 18 },
        { Term.Sum([]), "0", 0 },
        { Term.Product([Two, Three, Four]), "2 × 3 nodes × 4", 24 },
        { Term.Product([]), "1", 1 },
        { Term.Of(1.1m) * Term.Of(10), "1.1 × 10", 11 },
    };

    [Theory]
    [MemberData(nameof(Terms), DisableDiscoveryEnumeration = true)]
    public void A_formula_says_what_was_reckoned(Term term, string text, decimal value)
    {
        Assert.Equal((text, value), (term.Text, term.Value));
        Assert.Equal(value, FormulaReader.Read(text).Left);
    }

    [Theory]
    [InlineData("3472.2222222", "3,472.22 /s")]
    [InlineData("0.000123456789", "0.000123457 /s")]
    [InlineData("99999.96", "100,000 /s")]
    [InlineData("123456789.4", "123,456,789 /s")]
    [InlineData("150000000", "150,000,000 /s")]
    [InlineData("1.5", "1.5 /s")]
    [InlineData("0", "0 /s")]
    public void A_figure_keeps_six_digits_and_every_whole_one(string value, string printed)
    {
        var figure = Figure.Of("rate", "/s", Term.Of(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture), "/s") * Term.Of(1));
        Assert.EndsWith($" = {printed}", figure.Formula, StringComparison.Ordinal);
        Assert.Equal(printed, Term.Format(figure.Value, figure.Unit));
    }

    [Fact]
    public void A_number_that_was_given_is_its_own_formula() => Assert.Equal("7 users", Figure.Of("users", "users", Term.Of(7, "users")).Formula);

    [Fact]
    public void What_builds_on_a_figure_goes_on_with_what_was_printed()
    {
        var sheet = new Sheet("made");
        var third = sheet.Add("third", "/s", Term.Of(1) / Term.Of(3));
        sheet.Add("whole", "/s", third * Term.Of(3));
        Assert.Equal("0.333333 /s × 3 = 0.999999 /s", sheet.Close().Figures[1].Formula);
    }
}
