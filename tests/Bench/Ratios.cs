using System.Globalization;

namespace Serverless.Bench;

/// <summary>
/// The promises of one benchmark: each is printed as <c>ratio NAME VALUE &lt;= BOUND ok</c> (or <c>broken</c>) when it is measured.
/// </summary>
public sealed class Ratios(TextWriter output)
{
    private bool _broken;

    public Ratios() : this(Console.Out)
    {
    }

    /// <summary>0 while every promise holds, 1 once one is broken.</summary>
    public int ExitCode => _broken ? 1 : 0;

    public void AtMost(string name, double value, double bound) => Print(name, value, "<=", bound, value <= bound);

    public void AtLeast(string name, double value, double bound) => Print(name, value, ">=", bound, value >= bound);

    // A value that is not a number keeps no promise: every comparison with NaN is false.
    private void Print(string name, double value, string relation, double bound, bool holds)
    {
        _broken |= !holds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ratio {name} {value:0.###} {relation} {bound:0.00#} {(holds ? "ok" : "broken")}"));
    }
}
