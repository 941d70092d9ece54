using System.Text;
using System.Text.Json;

namespace Serverless.Limits;

/// <summary>Reads JSON to its nodes. Columns count bytes.</summary>
internal sealed class RulesJson
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = RulesNode.MostLevels };

    private readonly byte[] _text;
    private readonly List<int> _lines = [0];

    private RulesJson(byte[] text)
    {
        _text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                _lines.Add(i + 1);
        }
    }

    /// <summary>The root; null when the text is no JSON, which is a problem then.</summary>
    public static RulesNode? Read(string text, RulesProblems problems) => new RulesJson(Encoding.UTF8.GetBytes(text)).Root(problems);

    private RulesNode? Root(RulesProblems problems)
    {
        var reader = new Utf8JsonReader(_text, Options);
        try
        {
            reader.Read();
            var root = Node(ref reader);
            reader.Read();
            return root;
        }
        catch (JsonException bad)
        {
            // The reader's sentence ends with the place, counted from 0.
            var end = bad.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            var at = new TextPlace((int)(bad.LineNumber ?? 0) + 1, (int)(bad.BytePositionInLine ?? 0) + 1);
            return problems.Refuse(at, $"This is not JSON: {(end < 0 ? bad.Message : bad.Message[..end])}");
        }
        catch (InvalidOperationException)
        {
            return problems.Refuse(PlaceOf(ref reader), "This text has half of a surrogate pair: it is no Unicode.");
        }
    }

    private RulesNode Node(ref Utf8JsonReader reader)
    {
        var at = PlaceOf(ref reader);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = new List<RulesNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Node(ref reader));
                return new RulesNode.Sequence(at, items);
            case JsonTokenType.StartObject:
                var fields = new List<RulesField>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (name, place) = (reader.GetString()!, PlaceOf(ref reader));
                    reader.Read();
                    fields.Add(new RulesField(name, place, Node(ref reader)));
                }

                return new RulesNode.Mapping(at, fields);
            case JsonTokenType.String:
                return new RulesNode.Scalar(at, reader.GetString()!, Plain: false);
            default:
                return new RulesNode.Scalar(at, Encoding.UTF8.GetString(reader.ValueSpan), Plain: true);
        }
    }

    private TextPlace PlaceOf(ref Utf8JsonReader reader)
    {
        var index = (int)reader.TokenStartIndex;
        var line = _lines.BinarySearch(index);
        line = line < 0 ? ~line - 1 : line;
        return new TextPlace(line + 1, index - _lines[line] + 1);
    }
}
