using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serverless.Tests.Local;

/// <summary>An answer as it came over the wire; the body put together from its chunks.</summary>
public sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>HTTP/1.1 by hand over TCP, so that every byte of the request is the test's own.</summary>
public static class RawHttp
{
    /// <param name="port">On this machine.</param>
    /// <param name="head">Request line and headers, one per line; Host and "Connection: close" are added.</param>
    /// <param name="body">Sent as it is after the empty line.</param>
    public static async Task<RawAnswer> SendAsync(int port, string head, ReadOnlyMemory<byte> body = default)
    {
        using var client = await OpenAsync(port, head);
        var stream = client.GetStream();
        await stream.WriteAsync(body);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return Parse(answer.ToArray());
    }

    /// <summary>Sends the head of a request and leaves the connection open.</summary>
    public static async Task<TcpClient> OpenAsync(int port, string head)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var lines = head.ReplaceLineEndings("\r\n");
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"{lines}\r\nHost: local\r\nConnection: close\r\n\r\n"));
        return client;
    }

    private static RawAnswer Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, "The answer has no head.");
        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.OrdinalIgnoreCase);
        var body = bytes.AsSpan(end + 4);
        return new RawAnswer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers,
            Encoding.UTF8.GetString(headers.ContainsKey("Transfer-Encoding") ? Joined(body) : body));
    }

    private static byte[] Joined(ReadOnlySpan<byte> chunks)
    {
        var body = new List<byte>();
        while (true)
        {
            var line = chunks.IndexOf("\r\n"u8);
            var length = line < 0 ? 0 : int.Parse(chunks[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return [.. body];
            body.AddRange(chunks.Slice(line + 2, length));
            chunks = chunks[(line + 2 + length + 2)..];
        }
    }
}
