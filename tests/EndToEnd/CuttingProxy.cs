using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Tests.EndToEnd;

/// <summary>Stands in front of a port of this machine, passes on what comes, and cuts connections when told to: what was on its way is lost, in either direction.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly ConcurrentDictionary<Link, bool> _links = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    /// <param name="port">Where it listens.</param>
    /// <param name="target">Where it passes on to.</param>
    public CuttingProxy(int port, int target)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Connections cut so far.</summary>
    public int Cuts { get; private set; }

    /// <summary>Cuts one of the open connections, if there are any.</summary>
    public void CutOne(Random random)
    {
        var open = _links.Keys.ToList();
        if (open.Count == 0)
            return;
        open[random.Next(open.Count)].Cut();
        Cuts++;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var link in _links.Keys)
            link.Cut();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = ServeAsync(near);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        var link = new Link(near, far);
        _links[link] = true;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (SocketException)
        {
            // Nobody listens there now.
        }
        finally
        {
            _links.TryRemove(link, out _);
            link.Cut();
            near.Dispose();
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
                await to.SendAsync(buffer.AsMemory(0, read));
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Cut, by whomever.
        }
    }

    private sealed record Link(Socket Near, Socket Far)
    {
        // With a reset, as a network does: what lies in the buffers is lost.
        public void Cut()
        {
            foreach (var socket in new[] { Near, Far })
            {
                try
                {
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                }
                catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
                {
                    // Already closed.
                }
            }
        }
    }
}
