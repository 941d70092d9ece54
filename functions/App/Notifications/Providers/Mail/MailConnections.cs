using System.Collections.Concurrent;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Options;

namespace Serverless.Notifications;

/// <summary>Connections to the mail server, kept open for the next mail.</summary>
internal sealed class MailConnections(IOptions<MailOptions> options) : IDisposable
{
    private readonly ConcurrentBag<SmtpClient> _idle = [];
    private readonly SemaphoreSlim _places = new(options.Value.Connections, options.Value.Connections);

    /// <summary>Runs on a connection that is signed in, alone; one that fails is closed.</summary>
    public async Task<T> UseAsync<T>(Func<SmtpClient, Task<T>> use, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        SmtpClient? client = null;
        try
        {
            client = await OpenAsync(cancellationToken);
            var result = await use(client);
            _idle.Add(client);
            client = null;
            return result;
        }
        finally
        {
            client?.Dispose();
            _places.Release();
        }
    }

    public void Dispose()
    {
        foreach (var client in _idle)
            client.Dispose();
        _places.Dispose();
    }

    // The server may have closed one that was idle: NOOP tells.
    private async Task<SmtpClient> OpenAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryTake(out var kept))
        {
            try
            {
                await kept.NoOpAsync(cancellationToken);
                return kept;
            }
            catch (Exception closed) when (closed is not OperationCanceledException)
            {
                kept.Dispose();
            }
        }

        var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(options.Value.Host, options.Value.Port, options.Value.Security, cancellationToken);
            if (options.Value.User.Length > 0)
                await client.AuthenticateAsync(options.Value.User, options.Value.Password, cancellationToken);
            return client;
        }
        catch (Exception)
        {
            client.Dispose();
            throw;
        }
    }
}
