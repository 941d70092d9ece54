using System.Diagnostics.Metrics;

namespace Serverless.Limits;

/// <summary>The room's metrics, meter "Serverless.Limits". Those by rule bear its name: divide the storage calls by admitted and limited for what a decision costs.</summary>
public sealed class LimitsMetrics : IDisposable
{
    public const string MeterName = "Serverless.Limits";

    private readonly Counter<long> _admitted;
    private readonly Counter<long> _limited;
    private readonly Counter<long> _leased;
    private readonly Counter<long> _returned;
    private readonly Counter<long> _calls;
    private long _called;

    internal Meter Meter { get; } = new(MeterName);

    public LimitsMetrics()
    {
        _admitted = Meter.CreateCounter<long>("serverless.limits.admitted", "{request}", "Requests that a rule let pass, by rule.");
        _limited = Meter.CreateCounter<long>("serverless.limits.limited", "{request}", "Requests that a rule refused, or would have in shadow mode, by rule, and why: limit, unavailable.");
        _leased = Meter.CreateCounter<long>("serverless.limits.leased", "{token}", "Tokens taken ahead, by rule.");
        _returned = Meter.CreateCounter<long>("serverless.limits.returned", "{token}", "Tokens taken ahead and given back unused, by rule.");
        _calls = Meter.CreateCounter<long>("serverless.limits.storage.calls", "{call}", "Reads and changes of subjects' rows, by each rule that is counted there.");
    }

    /// <summary>Reads and changes of rows by this object so far.</summary>
    public long Calls => Interlocked.Read(ref _called);

    /// <summary>Whether anybody listens to what is counted by rule.</summary>
    public bool IsHeard => _admitted.Enabled || _limited.Enabled;

    public void Admitted(LimitRule rule)
    {
        if (_admitted.Enabled)
            _admitted.Add(1, Of(rule));
    }

    public void Limited(LimitRule rule, string why)
    {
        if (_limited.Enabled)
            _limited.Add(1, [Of(rule), new("reason", why), new("shadow", rule.Shadow)]);
    }

    /// <summary>What a limit in shadow mode would have decided.</summary>
    public void Shadowed(LimitRule rule, bool isAdmitted)
    {
        if (isAdmitted)
            Admitted(rule);
        else
            Limited(rule, "limit");
    }

    public void Leased(LimitRule rule, long tokens)
    {
        if (tokens > 0 && _leased.Enabled)
            _leased.Add(tokens, Of(rule));
    }

    public void Returned(LimitRule rule, long tokens)
    {
        if (tokens > 0 && _returned.Enabled)
            _returned.Add(tokens, Of(rule));
    }

    internal void Called(IReadOnlyList<LocalLimit> limits)
    {
        Interlocked.Increment(ref _called);
        if (!_calls.Enabled)
            return;
        foreach (var limit in limits)
            _calls.Add(1, Of(limit.Rule));
    }

    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?> Of(LimitRule rule) => new("rule", rule.Name);
}
