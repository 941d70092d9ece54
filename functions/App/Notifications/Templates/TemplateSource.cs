using System.Collections.Immutable;
using System.Text.Json;

namespace Serverless.Notifications;

/// <summary>What kind of value a parameter takes.</summary>
internal enum ParameterType
{
    String,
    Number,
    Boolean,
    List,
    Object,
}

/// <param name="Type">What kind of value it takes.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="MaxLength">Of a text, in characters; null: only the request's own bound.</param>
/// <param name="Default">In place of one that is not given; null: none.</param>
internal sealed record TemplateParameter(ParameterType Type, bool Required, int? MaxLength, JsonElement? Default);

/// <summary>What is said on one channel in one language, as Liquid text.</summary>
/// <param name="Title">Title or subject; null where the channel has none.</param>
/// <param name="Body">Plain text.</param>
/// <param name="Html">A mail as HTML; null when it has none.</param>
internal sealed record TemplatePart(string? Title, string Body, string? Html);

/// <summary>A template as it is stored. Immutable.</summary>
/// <param name="Parameters">What must or may be given, by name.</param>
/// <param name="Locales">By language tag: the parts of each channel.</param>
/// <param name="Fallback">The language for whoever has none of the others; one of them.</param>
internal sealed record TemplateSource(
    ImmutableSortedDictionary<string, TemplateParameter> Parameters, ImmutableSortedDictionary<string, ImmutableSortedDictionary<Channel, TemplatePart>> Locales, string Fallback);

/// <summary>The names of templates.</summary>
internal static class TemplateNames
{
    /// <summary>How notifications with literal text are counted; no template has this name.</summary>
    public const string Literal = "literal";

    private const int Longest = 64;

    /// <summary>1 to 64 of a-z, 0-9 and -.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= Longest } && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
}
