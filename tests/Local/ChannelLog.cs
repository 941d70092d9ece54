using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Serverless.Tests.Local;

/// <summary>Writes each log line to a channel, so that a test can wait for one.</summary>
internal sealed class ChannelLog(Channel<string> lines) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Writer.TryWrite(formatter(state, exception));

    public void Dispose()
    {
    }
}
