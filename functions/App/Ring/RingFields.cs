using System.Text.Json;

namespace Serverless.Ring;

/// <summary>The fields of one JSON object of a ring's document: exactly the expected ones, read with sentences for what is wrong.</summary>
internal readonly struct RingFields
{
    private readonly JsonElement _json;
    private readonly string _place;

    public RingFields(JsonElement json, string place, params ReadOnlySpan<string> expected)
    {
        _json = json;
        _place = place;
        if (json.ValueKind != JsonValueKind.Object)
            throw new RefusedException($"{place} must be an object.");
        foreach (var property in json.EnumerateObject())
        {
            if (!expected.Contains(property.Name))
                throw new RefusedException($"{property.Name} of {place} is not a known field.");
        }

        foreach (var name in expected)
        {
            if (!json.TryGetProperty(name, out _))
                throw new RefusedException($"{name} of {place} is missing.");
        }
    }

    public int Number(string name) =>
        _json.GetProperty(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number)
            ? number
            : throw new RefusedException($"{name} of {_place} must be a whole number.");

    public string Text(string name) =>
        _json.GetProperty(name) is { ValueKind: JsonValueKind.String } value
            ? value.GetString()!
            : throw new RefusedException($"{name} of {_place} must be text.");

    public IEnumerable<JsonElement> Items(string name) =>
        _json.GetProperty(name) is { ValueKind: JsonValueKind.Array } value
            ? value.EnumerateArray()
            : throw new RefusedException($"{name} of {_place} must be a list.");

    /// <summary>Carries the sentence to <see cref="RingDocument.Read"/> and no further.</summary>
    internal sealed class RefusedException(string sentence) : Exception(sentence);
}
