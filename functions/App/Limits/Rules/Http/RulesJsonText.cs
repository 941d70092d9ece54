using System.Text.Encodings.Web;
using System.Text.Json;

namespace Serverless.Limits;

/// <summary>Rules that were written in YAML, as JSON.</summary>
internal static class RulesJsonText
{
    // Every other value is text. What was understood is written in JSON's own way already.
    private static readonly HashSet<string> Bare =
    [
        "unit_multiplier", "requests_per_unit", "burst", "segments", "time_budget_ms", "weighted", "delays", "queued", "unlimited", "shadow_mode",
    ];

    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null when this instance cannot read the text.</summary>
    public static byte[]? Of(ReadOnlyMemory<byte> yaml)
    {
        if (LimitRulesReader.Read(yaml, LimitRulesFormat.Yaml) is not LimitRulesReading.Understood)
            return null;
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Options))
            Write(LimitRulesReader.NodeOf(yaml, LimitRulesFormat.Yaml, new RulesProblems())!, "", writer);
        return json.ToArray();
    }

    private static void Write(RulesNode node, string field, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case RulesNode.Mapping(_, var fields):
                writer.WriteStartObject();
                foreach (var one in fields)
                {
                    writer.WritePropertyName(one.Name);
                    Write(one.Value, one.Name, writer);
                }

                writer.WriteEndObject();
                break;
            case RulesNode.Sequence(_, var items):
                writer.WriteStartArray();
                foreach (var item in items)
                    Write(item, field, writer);
                writer.WriteEndArray();
                break;
            case RulesNode.Scalar(_, var text, _) when Bare.Contains(field):
                writer.WriteRawValue(text);
                break;
            case RulesNode.Scalar(_, var text, _):
                writer.WriteStringValue(text);
                break;
        }
    }
}
