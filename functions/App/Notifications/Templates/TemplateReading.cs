using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>Reads a template as it is sent.</summary>
internal static partial class TemplateReading
{
    private const int LongestText = 64 * 1024;
    private const int LongestTitle = 1_000;
    private const int MostParameters = 100;
    private const int MostLocales = 50;

    public static TemplateSource Read(ObjectReader body)
    {
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, TemplateParameter>(StringComparer.Ordinal);
        if (body.Object("parameters") is { } declared)
        {
            foreach (var (name, _) in declared.Entries().ToList())
            {
                if (!Identifier().IsMatch(name) || name is Template.User or Template.EventsUrl || parameters.Count == MostParameters)
                    declared.Refuse(name, $"parameters are at most {MostParameters}, named as variables are, and not {Template.User} or {Template.EventsUrl}, which every template has.");
                else if (declared.Object(name, needed: true) is { } parameter)
                    parameters[name] = Parameter(parameter);
            }
        }

        var locales = ImmutableSortedDictionary.CreateBuilder<string, ImmutableSortedDictionary<Channel, TemplatePart>>(StringComparer.Ordinal);
        if (body.Object("locales", needed: true) is { } spoken)
        {
            foreach (var (name, _) in spoken.Entries().ToList())
            {
                if (!PeopleReading.IsLocale(name) || locales.Count == MostLocales)
                    spoken.Refuse(name, $"locales are at most {MostLocales}, named by language tags (BCP 47) such as ko or en-GB.");
                else if (spoken.Object(name, needed: true) is { } parts)
                    locales[name] = Parts(parts);
            }
        }

        var fallback = body.Text("fallback", LongestTitle) ?? (locales.Count == 1 ? locales.Keys.First() : "en");
        if (!locales.TryGetValue(fallback, out var last) || last.IsEmpty)
            body.Refuse("fallback", "fallback must be one of the locales, and have something to say.");
        return new TemplateSource(parameters.ToImmutable(), locales.ToImmutable(), fallback);
    }

    private static TemplateParameter Parameter(ObjectReader reader)
    {
        var type = reader.Word<ParameterType>("type", word => word switch
        {
            "string" => ParameterType.String,
            "number" => ParameterType.Number,
            "boolean" => ParameterType.Boolean,
            "list" => ParameterType.List,
            "object" => ParameterType.Object,
            _ => null,
        }, "string, number, boolean, list or object", needed: true) ?? default;
        var parameter = new TemplateParameter(type, reader.Flag("required") ?? true, reader.Number("maxLength", 1, LongestText), reader.Any("default"));
        reader.Close();
        if (parameter.Default is { } otherwise && !Template.IsOf(otherwise, type))
            reader.Refuse("default", $"default must be of type {type.ToString().ToLowerInvariant()}.");
        return parameter;
    }

    private static ImmutableSortedDictionary<Channel, TemplatePart> Parts(ObjectReader reader)
    {
        var parts = ImmutableSortedDictionary.CreateBuilder<Channel, TemplatePart>();
        foreach (var channel in Enum.GetValues<Channel>())
        {
            if (reader.Object(channel.Name()) is not { } part)
                continue;
            var title = channel switch
            {
                Channel.Sms => null,
                Channel.Email => part.Text("subject", LongestTitle, needed: true),
                _ => part.Text("title", LongestTitle, needed: true),
            };
            parts[channel] = new TemplatePart(title, part.Text("body", LongestText, needed: true) ?? "", channel == Channel.Email ? part.Text("html", LongestText) : null);
            part.Close();
        }

        reader.Close();
        return parts.ToImmutable();
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,63}\z")]
    private static partial Regex Identifier();
}
