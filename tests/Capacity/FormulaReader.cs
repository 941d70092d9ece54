using System.Globalization;
using System.Text.RegularExpressions;

namespace Serverless.Tests.Capacity;

/// <summary>Reckons the text of a formula as a reader would: numbers with or without units, × and / before + and -, brackets, ceil, max and min. Knows nothing of the code that wrote it.</summary>
internal sealed partial class FormulaReader
{
    private readonly List<(string Kind, string Text)> _tokens;
    private int _next;

    private FormulaReader(string text) => _tokens = [.. Token().Matches(text).Select(match => Named(text, match)).Where(token => token.Kind is not ("space" or "unit"))];

    /// <summary>What the left side comes to, and the number that is printed on the right; the same when there is one side only.</summary>
    public static (decimal Left, decimal Right) Read(string formula)
    {
        var sides = formula.Split(" = ");
        return (Value(sides[0]), Value(sides[^1]));
    }

    private static decimal Value(string text)
    {
        var reader = new FormulaReader(text);
        var value = reader.Sum();
        return reader._next == reader._tokens.Count ? value : throw new FormatException($"There is more than a formula in \"{text}\".");
    }

    private decimal Sum()
    {
        var value = Product();
        while (Take("+", "-") is { } sign)
            value = sign == "+" ? value + Product() : value - Product();
        return value;
    }

    private decimal Product()
    {
        var value = Factor();
        while (Take("×", "/") is { } sign)
            value = sign == "×" ? value * Factor() : value / Factor();
        return value;
    }

    private decimal Factor()
    {
        var (kind, text) = _tokens[_next++];
        if (kind == "number")
            return decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
        var values = new List<decimal> { Sum() };
        while (Take(";") is not null)
            values.Add(Sum());
        if (Take(")") is null)
            throw new FormatException("A bracket is not closed.");
        return text switch
        {
            "(" => values.Single(),
            "ceil(" => decimal.Ceiling(values.Single()),
            "max(" => values.Max(),
            "min(" => values.Min(),
            _ => throw new FormatException($"\"{text}\" cannot be reckoned."),
        };
    }

    private string? Take(params string[] signs) => _next < _tokens.Count && signs.Contains(_tokens[_next].Text) ? _tokens[_next++].Text : null;

    private static (string Kind, string Text) Named(string text, Match match) => match.Groups.Values.Skip(1).FirstOrDefault(group => group.Success) is { } group
        ? (group.Name, group.Value)
        : throw new FormatException($"\"{match.Value}\" in \"{text}\" is no part of a formula.");

    // "3 /s" is a unit, "3 / 4" a division.
    [GeneratedRegex(@"(?<number>\d[\d,]*(?:\.\d+)?)|(?<call>[a-z]*\()|(?<unit>/?[A-Za-z][A-Za-z/]*)|(?<sign>[-+×/;)])|(?<space>\s+)|.")]
    private static partial Regex Token();
}
