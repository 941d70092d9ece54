using System.Text;
using System.Text.Json;

namespace Serverless.Limits;

/// <summary>Reads JSON (RFC 8259), with the line and column of each part.</summary>
internal static class RulesJson
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    public static (RulesNode? Root, RulesProblem? Problem) Read(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, Options);
        try
        {
            reader.Read();
            var root = Read(ref reader, bytes);
            return reader.Read() ? (null, Problem(bytes, reader.TokenStartIndex, "Something follows the rules.")) : (root, null);
        }
        catch (JsonException bad)
        {
            return (null, new RulesProblem((int)(bad.LineNumber ?? 0) + 1, (int)(bad.BytePositionInLine ?? 0) + 1, bad.Message.Split(" LineNumber:")[0]));
        }
    }

    private static RulesNode Read(ref Utf8JsonReader reader, byte[] bytes)
    {
        var (line, column) = At(bytes, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = new List<RulesNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Read(ref reader, bytes));
                return new RulesNode.List(line, column, items);
            case JsonTokenType.StartObject:
                var entries = new List<(RulesNode.Text Key, RulesNode Value)>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (keyLine, keyColumn) = At(bytes, reader.TokenStartIndex);
                    var key = new RulesNode.Text(keyLine, keyColumn, reader.GetString()!, true);
                    reader.Read();
                    entries.Add((key, Read(ref reader, bytes)));
                }

                return new RulesNode.Map(line, column, entries);
            case JsonTokenType.String:
                return new RulesNode.Text(line, column, reader.GetString()!, true);
            default:
                return new RulesNode.Text(line, column, Encoding.UTF8.GetString(reader.ValueSpan), false);
        }
    }

    private static RulesProblem Problem(byte[] bytes, long index, string message)
    {
        var (line, column) = At(bytes, index);
        return new RulesProblem(line, column, message);
    }

    private static (int Line, int Column) At(byte[] bytes, long index)
    {
        var before = bytes.AsSpan(0, (int)index);
        var newline = before.LastIndexOf((byte)'\n');
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(newline + 1)..]) + 1);
    }
}
