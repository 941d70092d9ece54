using Microsoft.Extensions.Logging;

namespace Serverless.Limits;

/// <summary>What an instance works with for one domain, read again while it is used. Thread-safe.</summary>
/// <param name="domain">Its name.</param>
/// <param name="builtIn">The rules as long as none are stored; null: none.</param>
/// <param name="read">Asks the store.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of rules that cannot be read.</param>
internal sealed partial class DomainRules(
    string domain, LimitRuleSet? builtIn, Func<string, CancellationToken, Task<StoredRulesRead>> read, TimeProvider clock, ILogger logger)
{
    /// <summary>For so long what was read is used without asking.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>From this age on callers wait until it was read again: with <see cref="LongestWait"/> a change is in force after 5 s.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromSeconds(4);

    /// <summary>For so long a domain without rules is not asked for again.</summary>
    public static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a caller waits while older rules are known.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a caller waits while nothing is known.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);

    /// <summary>For so long after a failure nobody asks and nobody waits.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task _reading = Task.CompletedTask;
    private LimitRulesInForce? _known = builtIn is null ? null : new LimitRulesInForce.Known(builtIn);
    private StoredRules? _stored;
    private long? _readAt;
    private long? _failedAt;
    private long _beganAt;
    private long _usedAt;

    /// <summary>Whether rules are known: they are forgotten last.</summary>
    public bool IsKnown => Volatile.Read(ref _known) is LimitRulesInForce.Known;

    /// <summary>The clock's timestamp of the last use.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>The next caller has the rules read again, and waits for that.</summary>
    public void Expire()
    {
        lock (_lock)
            _readAt = null;
    }

    /// <param name="isPatient">Waits for what must be read, within limits; else what is known is the answer, and it is read meanwhile.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<LimitRulesInForce> GetAsync(bool isPatient, CancellationToken cancellationToken)
    {
        Task reading;
        TimeSpan wait;
        lock (_lock)
        {
            Volatile.Write(ref _usedAt, clock.GetTimestamp());
            var age = _readAt is { } at ? clock.GetElapsedTime(at) : TimeSpan.MaxValue;
            if (age < (_known is LimitRulesInForce.Unknown ? UnknownFor : Fresh))
                return Current;

            // One at a time, for everybody; after one that failed the next waits a moment.
            if (_reading.IsCompleted && (_failedAt is not { } failedAt || clock.GetElapsedTime(failedAt) >= Pause))
            {
                _beganAt = clock.GetTimestamp();
                _reading = ReadAsync();
            }

            var isKnown = _known is LimitRulesInForce.Known;
            (reading, wait) = (_reading, (isKnown ? LongestWait : FirstWait) - clock.GetElapsedTime(_beganAt));
            if (reading.IsCompleted || !isPatient || (isKnown && age < Stale) || wait <= TimeSpan.Zero)
                return CurrentUnlessDoubtful;
        }

        try
        {
            await reading.WaitAsync(wait, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What is known goes on.
        }

        lock (_lock)
            return CurrentUnlessDoubtful;
    }

    private LimitRulesInForce Current => _known ?? LimitRulesInForce.Unavailable.Instance;

    // That there are no rules is only true of the moment when it was read.
    private LimitRulesInForce CurrentUnlessDoubtful =>
        _known is LimitRulesInForce.Unknown && (_failedAt is not null || !_reading.IsCompleted) ? LimitRulesInForce.Unavailable.Instance : Current;

    private async Task ReadAsync()
    {
        var beganAt = _beganAt;
        StoredRulesRead result;
        using var limit = new CancellationTokenSource(ReadLimit, clock);
        try
        {
            result = await read(domain, limit.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            if (failure is not OperationCanceledException)
                LogFailure(domain, failure);
            result = StoredRulesRead.Unavailable.Instance;
        }

        // Parsed before the lock is taken: that takes up to half a second for the longest text.
        var known = Understood(result);
        lock (_lock)
        {
            if (result is StoredRulesRead.Unavailable)
                _failedAt = clock.GetTimestamp();
            else
                (_readAt, _failedAt, _known) = (beganAt, null, known ?? _known);
        }
    }

    // Null: what was known stays. Only the one read that runs comes here.
    private LimitRulesInForce? Understood(StoredRulesRead result)
    {
        switch (result)
        {
            case StoredRulesRead.Found(var stored):
                if (_stored is { } before && before.Version == stored.Version && before.Hash == stored.Hash)
                    return null;
                _stored = stored;
                return Understood(stored);
            case StoredRulesRead.Missing:
                _stored = null;
                return builtIn is null ? LimitRulesInForce.Unknown.Instance : new LimitRulesInForce.Known(builtIn);
            case StoredRulesRead.Unreadable:
                LogUnreadable(domain, "the row is of another version of this app");
                return null;
            default:
                return null;
        }
    }

    private LimitRulesInForce.Known? Understood(StoredRules stored)
    {
        var reading = LimitRulesReader.Read(stored.Text, stored.Format, domain);
        if (reading is LimitRulesReading.Understood(var rules))
            return new LimitRulesInForce.Known(rules.At(stored.Version));

        // An older instance beside a newer one: it goes on with what it understands.
        var problem = ((LimitRulesReading.Refused)reading).Problems[0];
        LogUnreadable(domain, $"version {stored.Version}, line {problem.Line}: {problem.Message}");
        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The rules of the domain {Domain} could not be asked for")]
    private partial void LogFailure(string domain, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored rules of the domain {Domain} cannot be read, so those known before stay in force: {Why}")]
    private partial void LogUnreadable(string domain, string why);
}
