using Microsoft.Extensions.Logging;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

/// <summary>Counts the warnings that rooms write.</summary>
internal sealed class CountingLogger : ILogger<IdsHealth>, ILogger<WorkerLeases>
{
    public int Warnings { get; private set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Warnings += logLevel == LogLevel.Warning ? 1 : 0;
}
