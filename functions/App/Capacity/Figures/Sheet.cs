namespace Serverless.Capacity;

/// <summary>Where figures are written down, one after the other.</summary>
internal sealed class Sheet(string name)
{
    private readonly List<Figure> _figures = [];

    /// <summary>Writes a figure, and gives its value back as an operand of the next ones.</summary>
    public Term Add(string figure, string unit, Term term, int? decimals = null)
    {
        _figures.Add(Figure.Of(figure, unit, term, decimals));
        return Term.Of(_figures[^1].Value, unit);
    }

    public FigureGroup Close() => new(name, _figures);
}
