using System.Collections.Immutable;
using System.Text.Json;
using Fluid;

namespace Serverless.Notifications;

/// <summary>One version of a template, ready to be rendered. Immutable.</summary>
internal sealed class Template
{
    /// <summary>The recipient, for every template.</summary>
    public const string User = "user";

    /// <summary>Where it is told that it was opened or clicked, for every template.</summary>
    public const string EventsUrl = "events_url";

    private readonly Dictionary<(string Locale, Channel Channel), Parsed> _parts = [];

    private Template(string name, int version, TemplateSource source) => (Name, Version, Source) = (name, version, source);

    public string Name { get; }

    /// <summary>1 is the first.</summary>
    public int Version { get; }

    public TemplateSource Source { get; }

    /// <summary>Those that the fallback language has something to say on.</summary>
    public ImmutableArray<Channel> Channels => [.. Source.Locales[Source.Fallback].Keys];

    /// <summary>The template, or the first thing that is wrong with it: where, and a sentence.</summary>
    public static (Template? Template, (string Field, string Detail)? Problem) Of(string name, int version, TemplateSource source)
    {
        var template = new Template(name, version, source);
        var declared = source.Parameters.Keys.Append(User).Append(EventsUrl).ToHashSet(StringComparer.Ordinal);
        foreach (var (locale, parts) in source.Locales)
        {
            foreach (var (channel, part) in parts)
            {
                var parsed = new IFluidTemplate?[3];
                foreach (var (index, field, text) in new[] { (0, channel == Channel.Email ? "subject" : "title", part.Title), (1, "body", part.Body), (2, "html", part.Html) })
                {
                    if (text is null)
                        continue;
                    (parsed[index], var problem) = TemplateLanguage.Parse(text, declared);
                    if (problem is not null)
                        return (null, ($"locales.{locale}.{channel.Name()}.{field}", problem));
                }

                template._parts[(locale, channel)] = new Parsed(parsed[0], parsed[1]!, parsed[2]);
            }
        }

        return (template, null);
    }

    /// <summary>What is wrong with the parameters that were given: which, and a sentence; null when nothing is.</summary>
    public (string Field, string Detail)? Problem(JsonElement? data, JsonElement? own)
    {
        var given = Merge(data, own);
        foreach (var name in given.Keys.Where(name => !Source.Parameters.ContainsKey(name)))
            return (name, $"The template '{Name}' has no parameter '{name}'.");
        foreach (var (name, parameter) in Source.Parameters)
        {
            if (!given.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (parameter is { Required: true, Default: null })
                    return (name, $"The template '{Name}' needs the parameter '{name}'.");
            }
            else if (!IsOf(value, parameter.Type))
            {
                return (name, $"The parameter '{name}' must be of type {parameter.Type.ToString().ToLowerInvariant()}.");
            }
            else if (parameter is { Type: ParameterType.String, MaxLength: { } most } && value.GetString()!.Length > most)
            {
                return (name, $"The parameter '{name}' has at most {most} characters.");
            }
        }

        return null;
    }

    /// <summary>What one recipient reads: in their language, or one that is nearest, or the fallback.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="locale">The recipient's language tag; null: none.</param>
    /// <param name="data">Parameters for all.</param>
    /// <param name="own">Parameters for this recipient, over those.</param>
    /// <param name="user">The recipient.</param>
    /// <param name="eventsUrl">Where it is told that it was opened; null: nowhere.</param>
    /// <param name="now">What the date filter takes for now.</param>
    public async Task<Rendering> RenderAsync(Channel channel, string? locale, JsonElement? data, JsonElement? own, string user, string? eventsUrl, DateTimeOffset now)
    {
        if (Find(channel, locale) is not { } part)
            return new Rendering.Impossible($"The template '{Name}' says nothing on the channel {channel.Name()}.");
        var values = Values(data, own, user, eventsUrl);
        var title = part.Title is null ? null : await TemplateLanguage.RenderAsync(part.Title, values, isHtml: false, now);
        var body = await TemplateLanguage.RenderAsync(part.Body, values, isHtml: false, now);
        var html = part.Html is null ? null : await TemplateLanguage.RenderAsync(part.Html, values, isHtml: true, now);
        return body is null || (title is null && part.Title is not null) || (html is null && part.Html is not null)
            ? new Rendering.Impossible($"The template '{Name}' takes too many steps, or makes more than {BoundedText.MostCharacters} characters of its parameters.")
            : new Rendering.Done(new Content(title is null ? null : OneLine(title), body, html));
    }

    // ko-KR, then ko, then the fallback.
    private Parsed? Find(Channel channel, string? locale)
    {
        for (var tag = locale; !string.IsNullOrEmpty(tag); tag = tag.LastIndexOf('-') is var dash and > 0 ? tag[..dash] : null)
        {
            var same = Source.Locales.Keys.FirstOrDefault(known => string.Equals(known, tag, StringComparison.OrdinalIgnoreCase));
            if (same is not null && _parts.TryGetValue((same, channel), out var part))
                return part;
        }

        return _parts.GetValueOrDefault((Source.Fallback, channel));
    }

    private Dictionary<string, object?> Values(JsonElement? data, JsonElement? own, string user, string? eventsUrl)
    {
        var given = Merge(data, own);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { [User] = user, [EventsUrl] = eventsUrl };
        foreach (var (name, parameter) in Source.Parameters)
        {
            if (given.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null)
                values[name] = Plain(value);
            else if (parameter.Default is { } otherwise)
                values[name] = Plain(otherwise);
        }

        return values;
    }

    private static Dictionary<string, JsonElement> Merge(JsonElement? data, JsonElement? own)
    {
        var merged = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in (data?.EnumerateObject() ?? default).Concat(own?.EnumerateObject() ?? default))
            merged[field.Name] = field.Value;
        return merged;
    }

    /// <summary>Whether a value is of a type.</summary>
    public static bool IsOf(JsonElement value, ParameterType type) => type switch
    {
        ParameterType.String => value.ValueKind == JsonValueKind.String,
        ParameterType.Number => value.ValueKind == JsonValueKind.Number,
        ParameterType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        ParameterType.List => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };

    // Values without members of .NET, so that none can be reached.
    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetDecimal(out var number) ? number : (decimal)0,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(field => field.Name, field => Plain(field.Value), StringComparer.Ordinal),
        _ => null,
    };

    // A line break in a subject would begin another header.
    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private sealed record Parsed(IFluidTemplate? Title, IFluidTemplate Body, IFluidTemplate? Html);
}
