using System.Text.Json;

namespace Serverless.Ring;

/// <summary>
/// The stored form of a ring: <c>{"epoch":1,"partitions":256,"copies":3,"nodes":[{"id":"a","region":"r","weight":100}]}</c>.
/// Only what the placement follows from. Every field is required and no other is allowed: a reader that skipped what it
/// does not know would place partitions differently from the one that wrote it.
/// </summary>
public static class RingDocument
{
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web);
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>The ring as UTF-8 JSON; equal rings give equal bytes.</summary>
    public static byte[] Write(HashRing ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return JsonSerializer.SerializeToUtf8Bytes(new { ring.Epoch, ring.Partitions, ring.Copies, ring.Nodes }, Written);
    }

    /// <summary>The ring that was written, or why this is none.</summary>
    public static RingReading Read(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8Json, Strict);
            var fields = new RingFields(json.RootElement, "the ring", "epoch", "partitions", "copies", "nodes");
            var (epoch, partitions, copies) = (fields.Number("epoch"), fields.Number("partitions"), fields.Number("copies"));
            var nodes = fields.Items("nodes").Select(ReadNode).ToList();
            var (ring, refusal) = HashRing.TryCreate(nodes, partitions, copies, epoch);
            return ring is null ? new RingReading.Refused(refusal!) : new RingReading.Read(ring);
        }
        catch (JsonException notJson)
        {
            return new RingReading.Refused($"The ring is not JSON: {notJson.Message}");
        }
        catch (RingFields.RefusedException refused)
        {
            return new RingReading.Refused(refused.Message);
        }
    }

    private static RingNode ReadNode(JsonElement json, int index)
    {
        var fields = new RingFields(json, $"nodes[{index}]", "id", "region", "weight");
        return new RingNode(fields.Text("id"), fields.Text("region"), fields.Number("weight"));
    }
}
