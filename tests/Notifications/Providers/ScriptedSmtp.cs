using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serverless.Tests.Notifications;

/// <summary>A mail server that answers as it is told, and keeps what it was given.</summary>
internal sealed class ScriptedSmtp : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedSmtp()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Its answer to a command; null: hangs up. Ends with a line for "." after the mail.</summary>
    public Func<string, string?> Answer { get; set; } = command => Usual(command);

    /// <summary>Mails, with their headers.</summary>
    public List<string> Mails { get; } = [];

    public static string? Usual(string command) => command.Split(' ')[0] switch
    {
        "EHLO" => "250-scripted\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN",
        "DATA" => "354 Go on",
        "QUIT" => "221 2.0.0 Bye",
        "AUTH" => "235 2.7.0 Welcome",
        _ => "250 2.0.0 Ok",
    };

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Connections++;
        using (client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 scripted ESMTP");
            while (await reader.ReadLineAsync() is { } command)
            {
                if (Answer(command) is not { } answer)
                    return;
                await writer.WriteLineAsync(answer);
                if (command != "DATA" || !answer.StartsWith("354", StringComparison.Ordinal))
                    continue;
                var mail = new StringBuilder();
                while (await reader.ReadLineAsync() is { } line && line != ".")
                    mail.AppendLine(line);
                Mails.Add(mail.ToString());
                if (Answer(".") is not { } done)
                    return;
                await writer.WriteLineAsync(done);
            }
        }
    }
}
