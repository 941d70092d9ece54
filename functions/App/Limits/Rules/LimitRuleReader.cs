using System.Globalization;

namespace Serverless.Limits;

/// <summary>Reads one rate_limit of a rules file.</summary>
/// <param name="problems">Told of all that is wrong.</param>
/// <param name="name">Gives a rule its name; false when another has it.</param>
/// <param name="replaces">Told of each name that is replaced.</param>
internal sealed class LimitRuleReader(List<RulesProblem> problems, Func<string, RulesNode, bool> name, Action<(RulesNode Where, string Name)> replaces)
{
    private const long Most = 1_000_000_000;
    private const int LongestName = 64;
    private const int SmallLimit = 10;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(366);

    private static readonly Dictionary<string, TimeSpan> Units = new(StringComparer.Ordinal)
    {
        ["second"] = TimeSpan.FromSeconds(1),
        ["minute"] = TimeSpan.FromMinutes(1),
        ["hour"] = TimeSpan.FromHours(1),
        ["day"] = TimeSpan.FromDays(1),
        ["week"] = TimeSpan.FromDays(7),
        ["month"] = TimeSpan.FromDays(30),
        ["year"] = TimeSpan.FromDays(365),
    };

    private static readonly Dictionary<string, LimitAlgorithmKind> Algorithms = new(StringComparer.Ordinal)
    {
        ["token_bucket"] = LimitAlgorithmKind.TokenBucket,
        ["leaking_bucket"] = LimitAlgorithmKind.LeakingBucket,
        ["fixed_window"] = LimitAlgorithmKind.FixedWindow,
        ["sliding_window_log"] = LimitAlgorithmKind.SlidingWindowLog,
        ["sliding_window_counter"] = LimitAlgorithmKind.SlidingWindowCounter,
    };

    /// <param name="node">The part.</param>
    /// <param name="path">Names a rule that has no name.</param>
    /// <param name="shadow">Its descriptor says that it is in shadow mode.</param>
    public LimitRule? Read(RulesNode node, string path, bool shadow)
    {
        var fields = new RulesFields(node, "rate_limit", problems);
        var named = fields.Text("name");
        if (named is not null && !LimitRulesReader.IsName(named.Value))
            fields.Wrong(named, $"name must be 1 to {LongestName} of A-Z, a-z, 0-9, '.', '_' and '-'.");
        var title = named?.Value ?? Safe(path);
        if (!name(title, node))
            fields.Wrong(named, $"Another rule is named {title} already.");

        var unlimited = fields.Flag("unlimited");
        if (!unlimited && !fields.Has("unit"))
            fields.Wrong(null, $"unit is needed: one of {string.Join(", ", Units.Keys)}.");
        if (!unlimited && !fields.Has("requests_per_unit"))
            fields.Wrong(null, string.Create(CultureInfo.InvariantCulture, $"requests_per_unit is needed: 0 to {Most}."));
        var unit = fields.Word("unit", [.. Units.Keys]);
        var limit = fields.Number("requests_per_unit", 0, Most);
        var window = Units.GetValueOrDefault(unit ?? "second") * (fields.Number("unit_multiplier", 1, Most) ?? 1);
        if (window > LongestWindow)
            fields.Wrong(null, $"The window is {window.TotalDays:0} days: {LongestWindow.TotalDays:0} at most.");

        var rule = new LimitRule(title, Algorithms[fields.Word("algorithm", [.. Algorithms.Keys]) ?? "sliding_window_counter"], limit ?? 0, window)
        {
            Unlimited = unlimited,
            Shadow = fields.Flag("shadow_mode") | shadow,
            FailOpen = fields.Word("on_failure", "open", "closed") == "open",
            TimeBudget = TimeSpan.FromMilliseconds(fields.Number("time_budget_ms", 1, 10_000) ?? 1_000),
            Queued = fields.Flag("queued"),
        };
        rule = Shape(rule, fields) with { Replaces = Replaced(fields) };
        fields.End("rate_limit");
        return rule;
    }

    // What only some algorithms have, and the mode, which follows from them.
    private static LimitRule Shape(LimitRule rule, RulesFields fields)
    {
        var isBucket = rule.Algorithm is LimitAlgorithmKind.TokenBucket or LimitAlgorithmKind.LeakingBucket;
        var isCounter = rule.Algorithm == LimitAlgorithmKind.SlidingWindowCounter;
        var (burst, segments) = (fields.Number("burst", 1, Most), fields.Number("segments", 1, 1_000));
        var (weighted, delays) = (fields.Flag("weighted"), fields.Flag("delays"));
        var mode = fields.Word("mode", "leased", "exact", "soft");
        if (burst is not null && !isBucket)
            fields.Wrong(null, "burst is for token_bucket and leaking_bucket.");
        if ((segments is not null || weighted) && !isCounter)
            fields.Wrong(null, "segments and weighted are for sliding_window_counter.");
        if (delays && rule.Algorithm != LimitAlgorithmKind.LeakingBucket)
            fields.Wrong(null, "delays is for leaking_bucket.");
        if (delays && mode is "leased" or "soft")
            fields.Wrong(null, "A queue that delays needs mode exact, or none stated: turns cannot be taken ahead.");
        if (rule.Algorithm == LimitAlgorithmKind.SlidingWindowLog && rule.Limit > SlidingWindowLog.MostUses)
            fields.Wrong(null, string.Create(CultureInfo.InvariantCulture, $"sliding_window_log remembers every request: requests_per_unit is {SlidingWindowLog.MostUses} at most."));
        return rule with
        {
            Burst = burst ?? Math.Max(1, rule.Limit),
            Segments = (int)(segments ?? 200),
            Weighted = weighted,
            Delays = delays,
            Mode = mode switch
            {
                "leased" => LimitMode.Leased,
                "exact" => LimitMode.Exact,
                "soft" => LimitMode.Soft,
                _ => delays || rule.Limit < SmallLimit || rule.Algorithm == LimitAlgorithmKind.SlidingWindowLog ? LimitMode.Exact : LimitMode.Leased,
            },
        };
    }

    private List<string> Replaced(RulesFields fields)
    {
        var names = new List<string>();
        foreach (var item in fields.Items("replaces"))
        {
            var inner = new RulesFields(item, "A rule that is replaced", problems);
            if (inner.Text("name") is { } replaced)
            {
                names.Add(replaced.Value);
                replaces((replaced, replaced.Value));
            }
            else
            {
                inner.Wrong(item, "name is needed: the rule that is replaced.");
            }

            inner.End("A rule that is replaced");
        }

        return names;
    }

    // Fit for a string of a structured field (RFC 9651).
    private static string Safe(string path) => string.Concat(path.Select(c => c is > ' ' and <= '~' and not '"' and not '\\' ? c : '_'))[..Math.Min(path.Length, LongestName)];
}
