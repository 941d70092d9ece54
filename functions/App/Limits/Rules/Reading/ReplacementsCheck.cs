namespace Serverless.Limits;

/// <summary>Checks what rules replace, once all of them are known: only rules that exist, and never in a circle, for then all of them would be dropped.</summary>
internal sealed class ReplacementsCheck(RulesProblems problems)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string Name, TextPlace At)>> _replaced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _left = new(StringComparer.Ordinal);

    public void Add(string rule, IEnumerable<(string Name, TextPlace At)> replaced)
    {
        _names.Add(rule);
        if (!_replaced.TryGetValue(rule, out var all))
            _replaced[rule] = all = [];
        all.AddRange(replaced);
    }

    public void Finish()
    {
        foreach (var (name, at) in _replaced.Values.SelectMany(all => all).Where(one => !_names.Contains(one.Name)))
            problems.Add(at, $"No rule of this domain is named {LimitNames.Quote(name)}.");
        foreach (var rule in _names)
            Visit(rule);
    }

    // Depth first; a rule that was entered and not left is above this one. As deep as there are rules: 1,000.
    private void Visit(string rule)
    {
        if (!_left.TryAdd(rule, false))
            return;
        foreach (var (name, at) in _replaced.GetValueOrDefault(rule, []))
        {
            if (_left.TryGetValue(name, out var left) && !left)
                problems.Add(at, $"{LimitNames.Quote(name)} replaces itself, directly or by way of others: nothing of them would be left.");
            else
                Visit(name);
        }

        _left[rule] = true;
    }
}
