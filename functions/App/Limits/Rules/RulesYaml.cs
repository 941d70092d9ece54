using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Serverless.Limits;

/// <summary>Reads YAML 1.2 (YamlDotNet's events): one document, without anchors, aliases and tags, which rules need none of and attacks like.</summary>
internal static class RulesYaml
{
    private const int Deepest = 32;

    public static (RulesNode? Root, RulesProblem? Problem) Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return (null, new RulesProblem(1, 1, "The file is empty."));
            parser.Consume<DocumentStart>();
            var root = Read(parser, 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<DocumentStart>(out var second)
                ? (null, new RulesProblem((int)second.Start.Line, (int)second.Start.Column, "A second document begins here: rules are one document."))
                : (root, null);
        }
        catch (YamlException bad)
        {
            return (null, new RulesProblem((int)Math.Max(1, bad.Start.Line), (int)Math.Max(1, bad.Start.Column), bad.InnerException?.Message ?? bad.Message));
        }
    }

    private static RulesNode Read(Parser parser, int depth)
    {
        var at = parser.Current ?? throw new YamlException("The file ends too early.");
        if (depth > Deepest)
            throw new YamlException(at.Start, at.End, "Nested too deeply.");
        if (at is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw new YamlException(at.Start, at.End, "Anchors and aliases are not taken: write it out.");
        if (at is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
            throw new YamlException(at.Start, at.End, "Tags are not taken.");

        var (line, column) = ((int)at.Start.Line, (int)at.Start.Column);
        if (parser.TryConsume<Scalar>(out var scalar))
            return new RulesNode.Text(line, column, scalar.Value, scalar.Style is not ScalarStyle.Plain);
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<RulesNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
                items.Add(Read(parser, depth + 1));
            return new RulesNode.List(line, column, items);
        }

        parser.Consume<MappingStart>();
        var entries = new List<(RulesNode.Text Key, RulesNode Value)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(parser, depth + 1) as RulesNode.Text ?? throw new YamlException(at.Start, at.End, "The name of a field must be a text.");
            entries.Add((key, Read(parser, depth + 1)));
        }

        return new RulesNode.Map(line, column, entries);
    }
}
