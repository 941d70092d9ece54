namespace Serverless.Limits;

/// <summary>Reads one rate_limit.</summary>
internal sealed class RateLimitReader(RulesProblems problems, ReplacementsCheck replacements)
{
    private const long MostRequests = 1_000_000_000;
    private const long LongestWindow = 366 * 86_400;
    private const long LongestLog = 1_000;
    private const long MostSegments = 1_000;
    private const long LongestBudget = 10_000;
    private const int MostReplaced = 16;

    // Below this tokens that one instance holds would be missed by the others.
    private const long LeastLeased = 10;

    private static readonly string[] Fields =
    [
        "name", "unit", "unit_multiplier", "requests_per_unit", "algorithm", "burst", "segments", "weighted", "delays", "mode", "on_failure",
        "time_budget_ms", "queued", "replaces", "shadow_mode", "unlimited",
    ];

    private static readonly string[] OfUnlimited = ["name", "unlimited", "replaces", "shadow_mode"];

    private static readonly Dictionary<string, LimitAlgorithmKind[]> OnlyFor = new()
    {
        ["burst"] = [LimitAlgorithmKind.TokenBucket, LimitAlgorithmKind.LeakingBucket],
        ["segments"] = [LimitAlgorithmKind.SlidingWindowCounter],
        ["weighted"] = [LimitAlgorithmKind.SlidingWindowCounter],
        ["delays"] = [LimitAlgorithmKind.LeakingBucket],
    };

    /// <param name="field">The field rate_limit.</param>
    /// <param name="path">Where it stands in the tree: its name, if it has none of its own.</param>
    /// <param name="shadow">The shadow_mode of its descriptor.</param>
    public LimitRule? Read(RulesField field, string path, bool? shadow)
    {
        if (RulesFields.Of(field.Value, "rate_limit", field.At, Fields, problems) is not { } fields)
            return null;
        var name = Name(fields) ?? LimitNames.OfPath(path);
        var replaced = Replaces(fields);
        replacements.Add(name, replaced);
        var inner = fields.Flag("shadow_mode");
        if (inner is not null && shadow is not null)
            fields.Refuse("shadow_mode", "shadow_mode is given twice: here and at the descriptor.");

        var rule = fields.Flag("unlimited") == true ? Unlimited(fields, name) : Limited(fields, name);
        return rule with { Shadow = (inner ?? shadow) == true, Replaces = [.. replaced.Select(one => one.Name)] };
    }

    private static LimitRule Unlimited(RulesFields fields, string name)
    {
        foreach (var other in Fields.Except(OfUnlimited).Where(fields.Has))
            fields.Miss(other, $"{other} means nothing beside unlimited: true.");
        return new LimitRule(name, LimitAlgorithmKind.SlidingWindowCounter, 0, TimeSpan.FromSeconds(1)) { Unlimited = true };
    }

    private static LimitRule Limited(RulesFields fields, string name)
    {
        var algorithm = fields.Choice("algorithm", RulesWords.Algorithms);
        var limit = Limit(fields, algorithm);
        var rule = new LimitRule(name, algorithm ?? LimitAlgorithmKind.SlidingWindowCounter, limit, Window(fields));
        if (algorithm is not null || !fields.Has("algorithm"))
            RefuseMisfits(fields, rule.Algorithm);

        var delays = fields.Flag("delays") == true;
        var mode = fields.Choice("mode", RulesWords.Modes);
        if (delays && mode is { } given and not LimitMode.Exact)
            fields.Refuse("mode", $"A bucket that delays keeps its turns exactly: mode cannot be {given.ToString().ToLowerInvariant()}.");
        var defaultMode = delays || algorithm == LimitAlgorithmKind.SlidingWindowLog || limit < LeastLeased ? LimitMode.Exact : LimitMode.Leased;
        return rule with
        {
            Burst = fields.Number("burst", 1, MostRequests) ?? limit,
            Segments = (int)(fields.Number("segments", 1, MostSegments) ?? rule.Segments),
            Weighted = fields.Flag("weighted") == true,
            Delays = delays,
            Mode = mode ?? defaultMode,
            FailOpen = fields.Choice("on_failure", RulesWords.Failures) == true,
            TimeBudget = fields.Number("time_budget_ms", 1, LongestBudget) is { } budget ? TimeSpan.FromMilliseconds(budget) : rule.TimeBudget,
            Queued = fields.Flag("queued") == true,
        };
    }

    private static long Limit(RulesFields fields, LimitAlgorithmKind? algorithm)
    {
        if (!fields.Has("requests_per_unit"))
            fields.Miss("requests_per_unit", "requests_per_unit is missing: how many requests each window admits.");
        var limit = fields.Number("requests_per_unit", 0, MostRequests) ?? LeastLeased;
        if (algorithm == LimitAlgorithmKind.SlidingWindowLog && limit > LongestLog)
            fields.Refuse("requests_per_unit", $"A sliding_window_log keeps every request: at most {LongestLog} per window. A sliding_window_counter takes more.");
        return limit;
    }

    private static TimeSpan Window(RulesFields fields)
    {
        if (!fields.Has("unit"))
            fields.Miss("unit", $"unit is missing: one of {string.Join(", ", RulesWords.Units.Keys)}.");
        var seconds = (fields.Choice("unit", RulesWords.Units) ?? 1) * (fields.Number("unit_multiplier", 1, LongestWindow) ?? 1);
        if (seconds > LongestWindow)
            fields.Refuse("unit_multiplier", "The window, unit times unit_multiplier, is longer than 366 days.");
        return TimeSpan.FromSeconds(Math.Min(seconds, LongestWindow));
    }

    private static void RefuseMisfits(RulesFields fields, LimitAlgorithmKind algorithm)
    {
        foreach (var (option, algorithms) in OnlyFor)
        {
            if (fields.Has(option) && !algorithms.Contains(algorithm))
                fields.Miss(option, $"{option} does not fit {RulesWords.NameOf(algorithm)}: only {string.Join(" and ", algorithms.Select(RulesWords.NameOf))} has it.");
        }
    }

    private static string? Name(RulesFields fields)
    {
        var name = fields.Text("name");
        if (name is not null && !LimitNames.IsName(name))
            fields.Refuse("name", $"name must be {LimitNames.NameWords}.");
        return name;
    }

    private List<(string Name, TextPlace At)> Replaces(RulesFields fields)
    {
        var replaced = new List<(string, TextPlace)>();
        if (fields.Find("replaces") is not { } field)
            return replaced;
        if (field.Value is not RulesNode.Sequence { Items.Count: <= MostReplaced } sequence)
        {
            fields.Refuse("replaces", $"replaces must be a list of at most {MostReplaced} names, such as [{{ name: other }}].");
            return replaced;
        }

        foreach (var item in sequence.Items)
        {
            if (RulesFields.Of(item, "What is replaced", item.At, ["name"], problems) is not { } one)
                continue;
            if (one.Text("name") is { } name)
                replaced.Add((name, item.At));
            else if (!one.Has("name"))
                one.Miss("name", "name is missing: which rule is replaced.");
        }

        return replaced;
    }
}
