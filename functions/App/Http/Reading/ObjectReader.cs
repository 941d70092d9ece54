using System.Globalization;
using System.Text.Json;

namespace Serverless.Http;

/// <summary>Reads a JSON object field by field, strictly: what is missing, of another kind, out of bounds or unknown is named with its path.</summary>
/// <param name="element">What should be an object.</param>
/// <param name="path">Its own path; empty for the body.</param>
/// <param name="problem">Told of the first thing that is wrong; reading goes on with defaults.</param>
internal sealed class ObjectReader(JsonElement element, string path, FieldProblem problem)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public FieldProblem Problem => problem;

    /// <summary>The path of a field.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => Field(name) is not null;

    /// <summary>A text within bounds; null when it is not there, which is wrong when it is needed.</summary>
    public string? Text(string name, int most, bool needed = false, int least = 1)
    {
        if (Given(name, needed) is not { } field)
            return null;
        if (field.ValueKind == JsonValueKind.String && field.GetString() is { } text && text.Length >= least && text.Length <= most)
            return text;
        return Wrong<string>(name, $"{PathOf(name)} must be a text of {least} to {most} characters.");
    }

    /// <summary>One of some words; null when it is not there.</summary>
    /// <param name="name">The field.</param>
    /// <param name="of">What a word means; null for one that means nothing.</param>
    /// <param name="words">As they are listed to people.</param>
    /// <param name="needed">Whether it must be there.</param>
    public T? Word<T>(string name, Func<string, T?> of, string words, bool needed = false)
        where T : struct
    {
        if (Given(name, needed) is not { } field)
            return null;
        if (field.ValueKind == JsonValueKind.String && of(field.GetString()!) is { } value)
            return value;
        Wrong<string>(name, $"{PathOf(name)} must be {words}.");
        return null;
    }

    /// <summary>True or false; null when it is not there.</summary>
    public bool? Flag(string name, bool needed = false)
    {
        if (Given(name, needed) is not { } field)
            return null;
        if (field.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return field.GetBoolean();
        Wrong<string>(name, $"{PathOf(name)} must be true or false.");
        return null;
    }

    /// <summary>A whole number within bounds; null when it is not there.</summary>
    public int? Number(string name, int least, int most, bool needed = false)
    {
        if (Given(name, needed) is not { } field)
            return null;
        if (field.ValueKind == JsonValueKind.Number && field.TryGetInt32(out var number) && number >= least && number <= most)
            return number;
        Wrong<string>(name, $"{PathOf(name)} must be a whole number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}.");
        return null;
    }

    /// <summary>A whole number within bounds that may be long; null when it is not there.</summary>
    public long? LongNumber(string name, long least, long most, bool needed = false)
    {
        if (Given(name, needed) is not { } field)
            return null;
        if (field.ValueKind == JsonValueKind.Number && field.TryGetInt64(out var number) && number >= least && number <= most)
            return number;
        Wrong<string>(name, $"{PathOf(name)} must be a whole number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}.");
        return null;
    }

    /// <summary>A number within bounds that may have decimals; null when it is not there.</summary>
    public decimal? Decimal(string name, decimal least, decimal most, bool needed = false)
    {
        if (Given(name, needed) is not { } field)
            return null;
        if (field.ValueKind == JsonValueKind.Number && field.TryGetDecimal(out var number) && number >= least && number <= most)
            return number;
        Wrong<string>(name, $"{PathOf(name)} must be a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}.");
        return null;
    }

    /// <summary>A time as RFC 3339 has it, with its offset; null when it is not there.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Given(name, needed: false) is not { } field)
            return null;
        if (field.ValueKind == JsonValueKind.String && field.TryGetDateTimeOffset(out var time) && field.GetString() is { } text && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal)))
            return time;
        Wrong<string>(name, $"{PathOf(name)} must be a time as RFC 3339 has it, with its offset, such as 2026-01-31T08:00:00Z.");
        return null;
    }

    /// <summary>Any JSON value, as it is; null when it is not there.</summary>
    public JsonElement? Any(string name) => Given(name, needed: false)?.Clone();

    /// <summary>Some JSON object, as it is; null when it is not there.</summary>
    public JsonElement? Data(string name)
    {
        if (Given(name, needed: false) is not { } field)
            return null;
        if (field.ValueKind == JsonValueKind.Object)
            return field.Clone();
        Wrong<string>(name, $"{PathOf(name)} must be a JSON object.");
        return null;
    }

    /// <summary>An object to be read in turn; null when it is not there.</summary>
    public ObjectReader? Object(string name, bool needed = false)
    {
        if (Given(name, needed) is not { } field)
            return null;
        return field.ValueKind == JsonValueKind.Object ? new ObjectReader(field, PathOf(name), problem) : Wrong<ObjectReader>(name, $"{PathOf(name)} must be an object.");
    }

    /// <summary>The elements of a list with their paths; none when it is not there, which is wrong when it is needed.</summary>
    public IReadOnlyList<(JsonElement Element, string Path)> List(string name, int least, int most, bool needed = false)
    {
        if (Given(name, needed) is not { } field)
            return [];
        if (field.ValueKind == JsonValueKind.Array && field.GetArrayLength() is var length && length >= least && length <= most)
            return [.. field.EnumerateArray().Select((one, number) => (one, string.Create(CultureInfo.InvariantCulture, $"{PathOf(name)}[{number}]")))];
        Wrong<string>(name, $"{PathOf(name)} must be a list of {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}.");
        return [];
    }

    /// <summary>Every field by its name, when names are data: each is known then.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Entries()
    {
        foreach (var field in element.EnumerateObject())
        {
            _known.Add(field.Name);
            yield return (field.Name, field.Value);
        }
    }

    /// <summary>Says what is wrong with a field, when its bounds are not all.</summary>
    public void Refuse(string name, string detail) => problem.Add(PathOf(name), detail);

    /// <summary>To be called last: what was not asked for is unknown.</summary>
    public void Close()
    {
        foreach (var field in element.EnumerateObject().Where(field => !_known.Contains(field.Name)))
            problem.Add(PathOf(field.Name), $"There is no field {PathOf(field.Name)}; taken are {string.Join(", ", _known)}.");
    }

    private JsonElement? Field(string name)
    {
        _known.Add(name);
        return element.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;
    }

    private JsonElement? Given(string name, bool needed)
    {
        var field = Field(name);
        if (field is null && needed)
            problem.Add(PathOf(name), $"{PathOf(name)} is needed.");
        return field;
    }

    private T? Wrong<T>(string name, string detail)
        where T : class
    {
        problem.Add(PathOf(name), detail);
        return null;
    }
}
