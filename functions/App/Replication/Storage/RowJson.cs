using System.Text.Json;

namespace Serverless.Replication;

/// <summary>Rows that people may want to read, as JSON: states of jobs, and what they found.</summary>
internal static class RowJson
{
    public static byte[] Encode<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web);

    /// <summary>What a node keeps under a name: <paramref name="none"/> when there is no such row, or it cannot be read; null when the node does not answer.</summary>
    public static async Task<JsonRow<T>?> ReadAsync<T>(Node node, string partition, string row, T none, CancellationToken cancellationToken)
        where T : class =>
        await node.Replica.ReadAsync(partition, row, cancellationToken) switch
        {
            RowRead.Found(var found) => new JsonRow<T>(TryDecode<T>(found.Data) ?? none, found.ETag, found.Written),
            RowRead.Missing => new JsonRow<T>(none, null, default),
            _ => null,
        };

    /// <summary>Writes it over what was read with <paramref name="etag"/>, or where there was none. The new ETag; null when somebody else changed the row, or the node does not answer.</summary>
    public static async Task<string?> WriteAsync<T>(Node node, string partition, string row, T value, string? etag, CancellationToken cancellationToken)
    {
        RowChange change = etag is null ? new RowChange.Insert(row, Encode(value)) : new RowChange.Replace(row, Encode(value), etag);
        return await node.Replica.CommitAsync(partition, [change], cancellationToken) is RowCommit.Done(var etags) ? etags[0] : null;
    }

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

/// <summary>A value as a node keeps it.</summary>
/// <param name="Value">The value.</param>
/// <param name="ETag">Of its row; null when there is none.</param>
/// <param name="Written">When it was last changed, by the storage's own clock.</param>
internal readonly record struct JsonRow<T>(T Value, string? ETag, DateTimeOffset Written);
