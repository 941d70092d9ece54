using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Serverless.Limits;

/// <summary>
/// The rules that an instance works with. They are read again by use: after 3 s in the background, after 4 s before they are used, so that what was stored is in force everywhere within 5 s. While
/// the store does not answer, the last ones stay in force.
/// </summary>
/// <param name="read">Reads a domain's rules.</param>
/// <param name="builtIn">Rules that are there though nobody stored them.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of rules that cannot be read.</param>
public sealed partial class LimitRulesView(
    Func<string, CancellationToken, Task<RulesRead?>> read, IReadOnlyList<LimitRuleSet> builtIn, TimeProvider clock, ILogger<LimitRulesView> logger)
{
    private const int MostDomains = 10_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DomainRules> _domains = new(StringComparer.Ordinal);

    /// <summary>The rules of a domain, as they are known here: what must be read is read in the background.</summary>
    public RulesInForce Known(string domain)
    {
        var known = KnownOf(domain);
        if (known.Age(clock) >= Fresh)
            known.Refresh(() => RefreshAsync(domain, known));
        return known.InForce;
    }

    /// <summary>The rules of a domain.</summary>
    public async ValueTask<RulesInForce> OfAsync(string domain, CancellationToken cancellationToken)
    {
        var known = KnownOf(domain);
        var age = known.Age(clock);
        if (age < Fresh)
            return known.InForce;
        var refresh = known.Refresh(() => RefreshAsync(domain, known));
        if (age < Life)
            return known.InForce;
        try
        {
            await refresh.WaitAsync(Patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The last ones stay in force.
        }

        return known.InForce;
    }

    /// <summary>Rules that this instance has just stored: it need not wait for them.</summary>
    public void Forget(string domain) => _domains.TryRemove(domain, out _);

    private DomainRules KnownOf(string domain)
    {
        // Domains that nobody has are asked for too: when there are too many, all are forgotten and read again.
        if (_domains.Count >= MostDomains)
            _domains.Clear();
        return _domains.GetOrAdd(domain, name => new DomainRules(BuiltIn(name)));
    }

    private RulesInForce.Rules? BuiltIn(string domain) => builtIn.FirstOrDefault(set => set.Domain == domain) is { } set ? new RulesInForce.Rules(set) : null;

    private async Task RefreshAsync(string domain, DomainRules known)
    {
        var asked = clock.GetTimestamp();
        if (await read(domain, CancellationToken.None) is not { } stored)
            return;
        if (stored.Rules is not { } rules)
        {
            known.Set((RulesInForce?)BuiltIn(domain) ?? RulesInForce.Unknown.Instance, asked);
            return;
        }

        if (known.InForce is RulesInForce.Rules(var before) && before.Version == rules.Version && before.Tag == rules.Order.Hash)
        {
            known.Set(known.InForce, asked);
            return;
        }

        var (parsed, problems) = LimitRulesReader.Read(rules.Text, rules.IsJson, domain);
        if (parsed is null)
            LogUnreadable(domain, rules.Version, problems[0].Line, problems[0].Message);
        known.Set(parsed is null ? known.InForce : new RulesInForce.Rules(parsed with { Version = rules.Version, Tag = rules.Order.Hash }), asked);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The rules of {Domain}, version {Version}, cannot be read: line {Line}: {Why} Those before stay in force")]
    private partial void LogUnreadable(string domain, long version, int line, string why);

    /// <summary>What is known of a domain; one refresh at a time.</summary>
    private sealed class DomainRules(RulesInForce? builtIn)
    {
        private readonly Lock _lock = new();
        private Task _refresh = Task.CompletedTask;
        private long _asked;

        public RulesInForce InForce { get; private set; } = builtIn ?? RulesInForce.Unavailable.Instance;

        public TimeSpan Age(TimeProvider clock) => Volatile.Read(ref _asked) is var asked and not 0 ? clock.GetElapsedTime(asked) : TimeSpan.MaxValue;

        public Task Refresh(Func<Task> refresh)
        {
            lock (_lock)
                return _refresh = _refresh.IsCompleted ? refresh() : _refresh;
        }

        public void Set(RulesInForce inForce, long asked)
        {
            InForce = inForce;
            Volatile.Write(ref _asked, asked);
        }
    }
}

/// <summary>What is known of a domain's rules.</summary>
public abstract record RulesInForce
{
    public sealed record Rules(LimitRuleSet Set) : RulesInForce;

    /// <summary>There are none.</summary>
    public sealed record Unknown : RulesInForce
    {
        public static readonly Unknown Instance = new();
    }

    /// <summary>They were never read, and no quorum answers.</summary>
    public sealed record Unavailable : RulesInForce
    {
        public static readonly Unavailable Instance = new();
    }
}
