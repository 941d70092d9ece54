using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Serverless.Limits;

/// <summary>Reads YAML to its nodes. One document; no anchors, aliases and tags, by which a short text can mean a very long one, or another than it seems.</summary>
internal sealed class RulesYaml
{
    private readonly Parser _parser;
    private readonly RulesProblems _problems;
    private TextPlace _at = TextPlace.First;

    private RulesYaml(string text, RulesProblems problems) =>
        (_parser, _problems) = (new Parser(new Scanner(new StringReader(text), skipComments: true)), problems);

    /// <summary>The document's root; null when it cannot be told, which is a problem then.</summary>
    public static RulesNode? Read(string text, RulesProblems problems)
    {
        var yaml = new RulesYaml(text, problems);
        try
        {
            return yaml.Document();
        }
        catch (YamlException bad)
        {
            return problems.Refuse(PlaceOf(bad.End), $"This is not YAML: {bad.Message}");
        }
        catch (Exception bad) when (bad is not OutOfMemoryException)
        {
            // On some texts that are no YAML the parser fails in ways of its own.
            return problems.Refuse(yaml._at, $"This is not YAML: {bad.Message}");
        }
    }

    private RulesNode? Document()
    {
        var start = Next<StreamStart>();
        if (Current is StreamEnd)
            return _problems.Refuse(PlaceOf(start.Start), "The text is empty: it has no domain and no descriptors.");
        Next<DocumentStart>();
        var root = Node(1);
        Next<DocumentEnd>();
        if (Current is DocumentStart second)
            _problems.Add(PlaceOf(second.Start), "A second document begins here: rules are one document.");
        return root;
    }

    private RulesNode Node(int level)
    {
        var at = PlaceOf(Current.Start);
        if (Current is NodeEvent { Anchor.IsEmpty: false })
            _problems.Add(at, "Anchors are not allowed: write each rule out.");
        if (Current is NodeEvent { Tag.IsEmpty: false })
            _problems.Add(at, "Tags are not allowed: every field has one type.");
        switch (Current)
        {
            case Scalar scalar:
                Move();
                return new RulesNode.Scalar(at, scalar.Value, scalar.Style is ScalarStyle.Plain);
            case SequenceStart when level < RulesNode.MostLevels:
                return Sequence(at, level);
            case MappingStart when level < RulesNode.MostLevels:
                return Mapping(at, level);
            case AnchorAlias:
                _problems.Add(at, "Aliases are not allowed: write each rule out.");
                Move();
                return new RulesNode.Scalar(at, "", Plain: false);
            default:
                // Not one step further: the parser's time grows with the square of the depth.
                throw new YamlException(Current.Start, Current.Start, $"it is nested deeper than {RulesNode.MostLevels} levels here.");
        }
    }

    private RulesNode.Sequence Sequence(TextPlace at, int level)
    {
        Move();
        var items = new List<RulesNode>();
        while (Current is not SequenceEnd)
            items.Add(Node(level + 1));
        Move();
        return new RulesNode.Sequence(at, items);
    }

    private RulesNode.Mapping Mapping(TextPlace at, int level)
    {
        Move();
        var fields = new List<RulesField>();
        while (Current is not MappingEnd)
        {
            var name = Node(level + 1);
            var value = Node(level + 1);
            if (name is RulesNode.Scalar scalar)
                fields.Add(new RulesField(scalar.Text, name.At, value));
            else
                _problems.Add(name.At, "The name of a field must be text.");
        }

        Move();
        return new RulesNode.Mapping(at, fields);
    }

    private ParsingEvent Current => _parser.Current!;

    private void Move()
    {
        _at = PlaceOf(Current.End);
        if (!_parser.MoveNext())
            throw new YamlException(Current.Start, Current.End, "The text ends too early.");
    }

    private T Next<T>()
        where T : ParsingEvent => _parser.Consume<T>();

    private static TextPlace PlaceOf(in Mark mark) => new((int)mark.Line, (int)mark.Column);
}
