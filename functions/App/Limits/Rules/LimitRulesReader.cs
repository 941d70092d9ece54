using System.Text;

namespace Serverless.Limits;

/// <summary>
/// Reads the rules of a domain from YAML or JSON, in the shape of the configuration of Envoy's rate limit service. Nothing is guessed: what is not
/// understood is a problem with its line.
/// </summary>
public static class LimitRulesReader
{
    /// <summary>Bytes of the longest text: 256 KiB.</summary>
    public const int MostBytes = 256 * 1024;

    private static readonly UTF8Encoding Strict = new(false, true);
    private static readonly string[] Fields = ["domain", "descriptors"];

    /// <summary>The rules, of version 0, or all that is wrong with the text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="domain">The domain that it must be for; null: whichever it names.</param>
    public static LimitRulesReading Read(ReadOnlyMemory<byte> text, LimitRulesFormat format, string? domain = null)
    {
        var problems = new RulesProblems();
        var set = NodeOf(text, format, problems) is { } node ? SetOf(node, domain, problems) : null;
        return problems.Any ? new LimitRulesReading.Refused(problems.All) : new LimitRulesReading.Understood(set!);
    }

    internal static RulesNode? NodeOf(ReadOnlyMemory<byte> text, LimitRulesFormat format, RulesProblems problems)
    {
        if (text.Length > MostBytes)
            return problems.Refuse(TextPlace.First, $"Rules have at most {MostBytes} bytes; these have {text.Length}.");
        try
        {
            var characters = Strict.GetString(text.Span).TrimStart('\uFEFF');
            return format == LimitRulesFormat.Json ? RulesJson.Read(characters, problems) : RulesYaml.Read(characters, problems);
        }
        catch (DecoderFallbackException bad)
        {
            return problems.Refuse(TextPlace.Of(text.Span, bad.Index), "The text is not UTF-8 here.");
        }
    }

    private static LimitRuleSet? SetOf(RulesNode node, string? addressed, RulesProblems problems)
    {
        if (RulesFields.Of(node, "The document", TextPlace.First, Fields, problems) is not { } fields)
            return null;

        var domain = fields.Text("domain");
        if (domain is null && !fields.Has("domain"))
            fields.Miss("domain", "domain is missing: it names whose rules these are.");
        else if (domain is not null && !LimitNames.IsName(domain))
            fields.Refuse("domain", $"domain must be {LimitNames.NameWords}.");
        else if (domain is not null && addressed is not null && domain != addressed)
            fields.Refuse("domain", $"domain is {LimitNames.Quote(domain)}, but these rules were sent to the domain {LimitNames.Quote(addressed)}.");

        var descriptors = new DescriptorsReader(problems);
        if (fields.Find("descriptors") is { } field)
        {
            var roots = descriptors.Read(field.Value);
            return problems.Any ? null : new LimitRuleSet(domain!, 0, roots);
        }

        fields.Miss("descriptors", "descriptors is missing: an empty list means that nothing is limited.");
        return null;
    }
}

/// <summary>How rules are written.</summary>
public enum LimitRulesFormat
{
    /// <summary>YAML 1.2, one document, without anchors, aliases and tags.</summary>
    Yaml,

    /// <summary>JSON (RFC 8259).</summary>
    Json,
}

/// <summary>What became of a text.</summary>
public abstract record LimitRulesReading
{
    public sealed record Understood(LimitRuleSet Rules) : LimitRulesReading;

    /// <param name="Problems">1 to 20, in the order of the text.</param>
    public sealed record Refused(IReadOnlyList<LimitRulesProblem> Problems) : LimitRulesReading;
}

/// <summary>Something wrong with a text of rules.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters; in JSON in bytes.</param>
/// <param name="Message">A sentence.</param>
public sealed record LimitRulesProblem(int Line, int Column, string Message);
