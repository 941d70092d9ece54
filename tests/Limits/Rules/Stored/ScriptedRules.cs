using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>A view over a store that answers what a test says, when it says so.</summary>
internal sealed class ScriptedRules : ILogger
{
    public ScriptedRules(params IReadOnlyList<LimitRuleSet> builtIn) => View = new LimitRulesView(ReadAsync, builtIn, Clock, this);

    public FakeTimeProvider Clock { get; } = new();

    public LimitRulesView View { get; }

    /// <summary>What the store answers now.</summary>
    public StoredRulesRead Answer { get; set; } = StoredRulesRead.Missing.Instance;

    /// <summary>While set, the store answers only once this is completed.</summary>
    public TaskCompletionSource? Held { get; set; }

    public int Reads { get; private set; }

    public int Logged { get; private set; }

    public static StoredRulesRead Version(int version, string text = "domain: d\ndescriptors: []") =>
        new StoredRulesRead.Found(new StoredRules(version, "application/yaml", DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(text)));

    public void Wait(double seconds) => Clock.Advance(TimeSpan.FromSeconds(seconds));

    public Task<LimitRulesInForce> GetAsync(string domain = "d") => View.GetAsync(domain, TestContext.Current.CancellationToken).AsTask();

    /// <summary>The version in force; it must be told at once. -1: unknown, -2: unavailable.</summary>
    public async Task<long> VersionAsync(string domain = "d")
    {
        var answer = GetAsync(domain);
        Assert.True(answer.IsCompleted, "The caller has to wait.");
        return VersionOf(await answer);
    }

    public static long VersionOf(LimitRulesInForce rules) => rules switch
    {
        LimitRulesInForce.Known(var known) => known.Version,
        LimitRulesInForce.Unknown => -1,
        _ => -2,
    };

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Logged++;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    private async Task<StoredRulesRead> ReadAsync(string domain, CancellationToken cancellationToken)
    {
        Reads++;
        var answer = Answer;
        if (Held is { } held)
            await held.Task.WaitAsync(cancellationToken);
        return answer;
    }
}
