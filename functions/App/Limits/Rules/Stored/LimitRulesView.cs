using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Serverless.Limits;

/// <summary>
/// The rules that this instance works with. A change is in force within 5 s on every instance that reaches the storage; while that does not answer, what
/// was read last stays in force. Thread-safe.
/// </summary>
public sealed class LimitRulesView
{
    /// <summary>Domains remembered at once: 10,000. When there are more, the half used least recently is forgotten, those without rules in front.</summary>
    public const int MostDomains = 10_000;

    private readonly Func<string, CancellationToken, Task<StoredRulesRead>> _read;
    private readonly Dictionary<string, LimitRuleSet> _builtIn;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, DomainRules> _domains = new(StringComparer.Ordinal);
    private int _count;

    /// <param name="store">Where rules are kept.</param>
    /// <param name="builtIn">Rules that are always there, one set for a domain; what is stored for the domain overrides them.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Told of rules that cannot be read.</param>
    public LimitRulesView(LimitRulesStore store, IReadOnlyList<LimitRuleSet> builtIn, TimeProvider clock, ILogger<LimitRulesView> logger)
        : this(store.GetAsync, builtIn, clock, logger)
    {
    }

    internal LimitRulesView(
        Func<string, CancellationToken, Task<StoredRulesRead>> read, IReadOnlyList<LimitRuleSet> builtIn, TimeProvider clock, ILogger logger)
    {
        (_read, _clock, _logger) = (read, clock, logger);
        _builtIn = builtIn.ToDictionary(rules => rules.Domain, StringComparer.Ordinal);
    }

    /// <summary>Domains remembered now.</summary>
    internal int Remembered => Volatile.Read(ref _count);

    /// <summary>The rules of a domain: at once when they were read within 4 s, else after a read, of which at most 2 s are waited for.</summary>
    public ValueTask<LimitRulesInForce> GetAsync(string domain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(domain);
        if (_domains.TryGetValue(domain, out var rules))
            return rules.GetAsync(isPatient: true, cancellationToken);
        return LimitNames.IsName(domain) ? Added(domain).GetAsync(isPatient: true, cancellationToken) : ValueTask.FromResult<LimitRulesInForce>(LimitRulesInForce.Unknown.Instance);
    }

    /// <summary>The rules of a domain as they are known now: what must be read is read meanwhile.</summary>
    public ValueTask<LimitRulesInForce> PeekAsync(string domain) => Added(domain).GetAsync(isPatient: false, CancellationToken.None);

    /// <summary>The next caller has the domain's rules read again: they were changed here.</summary>
    public void Expire(string domain)
    {
        if (_domains.TryGetValue(domain, out var rules))
            rules.Expire();
    }

    private DomainRules Added(string domain)
    {
        if (_domains.TryGetValue(domain, out var rules))
            return rules;
        lock (_lock)
        {
            if (_domains.TryGetValue(domain, out rules))
                return rules;
            if (_count >= MostDomains)
                ForgetHalf();
            _domains[domain] = rules = new DomainRules(domain, _builtIn.GetValueOrDefault(domain), _read, _clock, _logger);
            _count++;
            return rules;
        }
    }

    private void ForgetHalf()
    {
        foreach (var (domain, _) in _domains.OrderBy(pair => pair.Value.IsKnown).ThenBy(pair => pair.Value.UsedAt).Take(MostDomains / 2).ToList())
        {
            _domains.TryRemove(domain, out _);
            _count--;
        }
    }
}
