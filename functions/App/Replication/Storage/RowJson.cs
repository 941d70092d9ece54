using System.Text.Json;

namespace Serverless.Replication;

/// <summary>Rows that people may want to read, as JSON: states of jobs, and what they found.</summary>
internal static class RowJson
{
    public static byte[] Encode<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web);

    /// <summary>Null when the bytes are no such value: the job that wrote it begins anew.</summary>
    public static T? TryDecode<T>(ReadOnlyMemory<byte> bytes)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes.Span, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
