using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Local.Cloud;

/// <summary>Which ports of this machine can be listened at.</summary>
internal static class FreePorts
{
    // Below the ports that systems give to outgoing connections (32768 on Linux, 49152 elsewhere): such a connection
    // could take the port of a storage process while it restarts.
    private const int First = 18_000;
    private const int Last = 32_000;
    private const int Attempts = 200;

    // Two clouds of one process must not choose the same port before either listens.
    private static readonly ConcurrentDictionary<int, bool> Chosen = new();

    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            // Elsewhere this option would refuse ports whose last connection has just closed.
            if (OperatingSystem.IsWindows())
                listener.ExclusiveAddressUse = true;
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Chooses the first of <paramref name="count"/> neighbouring free ports.</summary>
    public static int Choose(int count, Random random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var first = random.Next(First, Last);
            var ports = Enumerable.Range(first, count).ToList();
            if (ports.All(port => !Chosen.ContainsKey(port) && IsFree(port)) && ports.TrueForAll(port => Chosen.TryAdd(port, true)))
                return first;
        }

        throw new LocalCloudException(
            $"No {count} neighbouring ports from {First} to {Last} are free: stop something, or name a port with --port.");
    }

    /// <summary>Throws when one of the ports is taken.</summary>
    public static void Require(IEnumerable<int> ports)
    {
        foreach (var port in ports)
        {
            if (!IsFree(port))
                throw new LocalCloudException(Busy(port));
        }
    }

    public static string Busy(int port) =>
        $"Port {port} is taken: stop the program that listens there, or choose other ports with --port.";
}
