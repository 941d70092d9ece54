using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Limits;

/// <summary>What a check or a reservation asks.</summary>
/// <param name="Descriptors">1 to 20.</param>
/// <param name="Cost">0 to 1,000,000,000; default 1.</param>
/// <param name="DryRun">Only what would become of it; default false.</param>
/// <param name="For">How long a reservation may be settled: 1 s to 1 h, default 60 s.</param>
internal sealed record LimitsRequest(IReadOnlyList<LimitDescriptor> Descriptors, long Cost, bool DryRun, TimeSpan For)
{
    private const int MostBytes = 64 * 1024;
    private const int MostDescriptors = 20;
    private const int Deepest = 8;
    private const long MostCost = 1_000_000_000;
    private const int LongestSeconds = 3_600;
    private const int DefaultSeconds = 60;

    /// <summary>The request, or what is wrong with it.</summary>
    public static async Task<(LimitsRequest? Asked, IResult? Refusal)> ReadAsync(HttpRequest request)
    {
        var (body, refusal) = await JsonBody.ReadAsync(request, MostBytes);
        if (body is null)
            return (null, refusal);
        using (body)
            return Parse(body.RootElement);
    }

    private static (LimitsRequest? Asked, IResult? Refusal) Parse(JsonElement root)
    {
        var (cost, dryRun, seconds) = (1L, false, DefaultSeconds);
        List<LimitDescriptor>? descriptors = null;
        foreach (var field in root.EnumerateObject())
        {
            switch (field.Name)
            {
                case "descriptors":
                    (descriptors, var wrong) = ReadAll(field.Value);
                    if (wrong is not null)
                        return (null, Problems.BadRequest("bad-descriptors", wrong));
                    break;
                case "cost" when field.Value.ValueKind != JsonValueKind.Number || !field.Value.TryGetInt64(out cost) || cost is < 0 or > MostCost:
                    return (null, Problems.BadRequest("bad-cost", $"cost must be a whole number from 0 to {MostCost}."));
                case "dryRun" when field.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False):
                    return (null, Problems.BadRequest("bad-dry-run", "dryRun must be true or false."));
                case "dryRun":
                    dryRun = field.Value.GetBoolean();
                    break;
                case "seconds" when field.Value.ValueKind != JsonValueKind.Number || !field.Value.TryGetInt32(out seconds) || seconds is < 1 or > LongestSeconds:
                    return (null, Problems.BadRequest("bad-seconds", $"seconds must be a whole number from 1 to {LongestSeconds}."));
                case "cost" or "seconds":
                    break;
                default:
                    return (null, Problems.BadRequest("bad-request", $"There is no field {field.Name}: descriptors, cost, dryRun and seconds are taken."));
            }
        }

        return descriptors is null
            ? (null, Problems.BadRequest("bad-descriptors", "descriptors is needed: what the request is toward the rules, such as [{\"key\":\"user\",\"value\":\"u1\"}]."))
            : (new LimitsRequest(descriptors, cost, dryRun, TimeSpan.FromSeconds(seconds)), null);
    }

    private static (List<LimitDescriptor>? Descriptors, string? Wrong) ReadAll(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MostDescriptors)
            return (null, $"descriptors must be a list of 1 to {MostDescriptors}.");
        var descriptors = new List<LimitDescriptor>();
        foreach (var item in list.EnumerateArray())
        {
            // One entry stands for itself; a path of several is a list of entries, as envoy has it.
            var isPath = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("entries", out _);
            var entries = isPath ? item.GetProperty("entries") : default;
            if (isPath && (entries.ValueKind != JsonValueKind.Array || entries.GetArrayLength() is 0 or > Deepest))
                return (null, $"entries must be a list of 1 to {Deepest}.");
            var path = new List<LimitEntry>();
            foreach (var entry in isPath ? entries.EnumerateArray().ToArray() : [item])
            {
                if (Read(entry) is not { } read)
                    return (null, "Each entry needs a key of 1 to 64 characters without spaces and a value of at most 512 characters, both texts, and nothing else.");
                path.Add(read);
            }

            descriptors.Add(new LimitDescriptor(path));
        }

        return (descriptors, null);
    }

    private static LimitEntry? Read(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.EnumerateObject().Count() == 2
        && entry.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String && LimitNames.IsKey(key.GetString()!)
        && entry.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String && LimitNames.IsValue(value.GetString()!)
            ? new LimitEntry(key.GetString()!, value.GetString()!)
            : null;
}
