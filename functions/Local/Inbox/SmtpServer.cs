using System.Net;
using System.Net.Sockets;

namespace Serverless.Local.Inbox;

/// <summary>Listens for mail (SMTP, RFC 5321) on the loopback address.</summary>
internal sealed class SmtpServer(Inbox inbox, Switches switches, TimeProvider clock) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it listens.</summary>
    public int Port { get; private set; }

    /// <summary>Starts; 0 takes any free port.</summary>
    public void Start(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var client = await _listener!.AcceptTcpClientAsync(_stopping.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await new SmtpSession(client.GetStream(), inbox, switches, clock).RunAsync(_stopping.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client hung up, or we stop.
            }
        }
    }
}
