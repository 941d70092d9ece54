using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Ids;

/// <summary>Ids are strings in JSON.</summary>
internal sealed class SnowflakeJson : JsonConverter<Snowflake>
{
    public override Snowflake Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Snowflake.TryParse(reader.GetString(), null, out var id)
            ? id
            : throw new JsonException("An id is a string of decimal digits.");

    public override void Write(Utf8JsonWriter writer, Snowflake value, JsonSerializerOptions options)
    {
        Span<byte> digits = stackalloc byte[Snowflake.MaxDigits];
        value.TryFormat(digits, out var length);
        writer.WriteStringValue(digits[..length]);
    }
}
