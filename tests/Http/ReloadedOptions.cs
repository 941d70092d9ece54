using Microsoft.Extensions.Options;

namespace Serverless.Tests.Http;

/// <summary>Options that a test changes while the app runs, as a configuration reload does.</summary>
internal sealed class ReloadedOptions<T>(T value) : IOptionsMonitor<T>
{
    private readonly List<Action<T, string?>> _listeners = [];

    public T CurrentValue { get; private set; } = value;

    public T Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<T, string?> listener)
    {
        _listeners.Add(listener);
        return null;
    }

    public void Reload(T changed)
    {
        CurrentValue = changed;
        foreach (var listener in _listeners)
            listener(changed, null);
    }
}
