using Serverless.Capacity;
using Spectre.Console;

namespace Serverless.Local.Commands;

/// <summary>An estimate as tables, each figure with its formula.</summary>
internal sealed class EstimateTables(TextWriter output)
{
    // A formula stays on its line unless it is longer; a terminal has its own width.
    private const int RedirectedWidth = 220;

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

    public void Print(Estimate estimate)
    {
        if (Console.IsOutputRedirected || output != Console.Out)
            _console.Profile.Width = RedirectedWidth;
        foreach (var group in estimate.Groups)
            Print(group.Name, ["figure", "value", "formula"], group.Figures.Select(one => (one.Name, Term.Format(one.Value, one.Unit), one.Formula)));
        Print("Limits, the nearest first", ["limit", "bears the load", "formula"], estimate.Limits.Select(one => (one.Limit, Term.Format(one.Times, "times"), one.Formula)));
        Print("Size", ["parameter", "value", ""], SizeOf(estimate.Size));

        output.WriteLine($"Prices are list prices of {estimate.PricesRegion} on {estimate.PricesAsOf}.");
        var first = estimate.FirstAtTenfold;
        output.WriteLine(first.Count == 0 ? "Ten times the load stays within every limit." : $"At ten times the load gives way first: {string.Join(", then ", first)}.");
        foreach (var obstacle in estimate.Obstacles)
            output.WriteLine($"The template cannot hold it. {obstacle}");
    }

    private static (string, string, string)[] SizeOf(DeploymentSize size) =>
    [
        ("kind", size.Kind, ""),
        ("nodes of each region", Term.Format(size.NodesPerRegion, ""), "storage accounts"),
        ("instances", Term.Format(size.Instances, ""), "of a scale group, at most"),
        ("memory", Term.Format(size.Memory, "MB"), "of an instance"),
        ("ready", Term.Format(size.Ready, ""), "instances, always"),
        ("concurrency", Term.Format(size.Concurrency, ""), "requests of an instance at once"),
        ("signalR", size.SignalR, $"{Term.Format(size.Units, "units")} for each stamp"),
    ];

    private void Print(string title, string[] columns, IEnumerable<(string Name, string Value, string Formula)> rows)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(title)), Border = TableBorder.Simple };
        table.AddColumn(columns[0]).AddColumn(new TableColumn(columns[1]).RightAligned()).AddColumn(columns[2]);
        foreach (var (name, value, formula) in rows)
            table.AddRow(Markup.Escape(name), Markup.Escape(value), Markup.Escape(formula));
        _console.Write(table);
    }
}
