using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Values;

namespace Serverless.Notifications;

/// <summary>
/// Liquid, by Fluid, as templates may use it: no clock but the time of acceptance, no files, no members of .NET objects, bounded steps and output; and only filters that leave it to the encoder what may
/// stand in HTML.
/// </summary>
internal static partial class TemplateLanguage
{
    private const int MostSteps = 10_000;

    /// <summary>The filters that templates may use.</summary>
    public static readonly IReadOnlySet<string> Filters = new SortedSet<string>(StringComparer.Ordinal)
    {
        "abs", "append", "at_least", "at_most", "capitalize", "ceil", "date", "default", "divided_by", "downcase", "first", "floor", "join", "last", "lstrip", "map", "minus", "modulo", "plus", "prepend",
        "remove", "replace", "reverse", "round", "rstrip", "size", "slice", "sort", "split", "strip", "times", "truncate", "truncatewords", "uniq", "upcase", "url_encode", "where",
    };

    private static readonly string[] ForbiddenTags = ["include", "render", "liquid", "raw", "capture"];
    private static readonly FluidParser Parser = NewParser();
    private static readonly TemplateOptions Options = NewOptions();

    /// <summary>A template that can be rendered, or what is wrong with it: a sentence.</summary>
    /// <param name="text">Liquid.</param>
    /// <param name="declared">The variables that it may use.</param>
    public static (IFluidTemplate? Template, string? Problem) Parse(string text, IReadOnlySet<string> declared)
    {
        if (!Parser.TryParse(text, out var template, out var error))
            return (null, $"It is not Liquid that is taken here: {Sentence(error)}.");
        return TemplateWords.Problem(template, declared) is { } problem ? (null, problem) : (template, null);
    }

    /// <summary>The text; null when it takes too many steps, or is too long.</summary>
    /// <param name="template">Parsed here.</param>
    /// <param name="values">Of the variables.</param>
    /// <param name="isHtml">Whether values are encoded, so that none is taken for markup.</param>
    /// <param name="now">What the date filter takes for now.</param>
    public static async Task<string?> RenderAsync(IFluidTemplate template, IReadOnlyDictionary<string, object?> values, bool isHtml, DateTimeOffset now)
    {
        var context = new TemplateContext(Options) { Now = () => now };
        foreach (var (name, value) in values)
            context.SetValue(name, FluidValue.Create(value, Options));
        using var text = new BoundedText();
        try
        {
            await template.RenderAsync(text, isHtml ? HtmlEncoder.Default : NullEncoder.Default, context);
            await text.FlushAsync();
            return text.ToString();
        }
        catch (Exception beyond) when (beyond is TextBoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static FluidParser NewParser()
    {
        var parser = new FluidParser(new FluidParserOptions { AllowFunctions = false });
        foreach (var tag in ForbiddenTags)
            parser.RegisteredTags.Remove(tag);
        return parser;
    }

    private static TemplateOptions NewOptions()
    {
        var options = new TemplateOptions { CultureInfo = CultureInfo.InvariantCulture, TimeZone = TimeZoneInfo.Utc, MaxSteps = MostSteps };
        foreach (var name in options.Filters.Select(filter => filter.Key).Where(name => !Filters.Contains(name)).ToList())
            options.Filters.Remove(name);
        return options;
    }

    // "An identifier was expected at (2:9)\nSource:…"
    private static string Sentence(string error) => Place().Replace(error.Split('\n')[0].Trim(), "line $1, column $2");

    [GeneratedRegex(@"\((\d+):(\d+)\)")]
    private static partial Regex Place();
}
