using System.Text;
using MimeKit;

namespace Serverless.Local.Inbox;

/// <summary>One connection of a mail client.</summary>
internal sealed class SmtpSession(Stream stream, Inbox inbox, Switches switches, TimeProvider clock)
{
    private const string Provider = "smtp";
    private const int MostBytes = 1024 * 1024;

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    // Octets as characters: what is data may be of any encoding.
    private readonly StreamReader _reader = new(stream, Encoding.Latin1);
    private readonly StreamWriter _writer = new(stream, Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
    private string? _to;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SayAsync("220 local ESMTP");
        while (await _reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync($"250-local\r\n250-SIZE {MostBytes}\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN");
                    break;
                case "HELO" or "NOOP" or "RSET" or "MAIL":
                    _to = verb is "RSET" or "MAIL" ? null : _to;
                    await SayAsync("250 2.0.0 Ok");
                    break;
                case "AUTH":
                    await AuthenticateAsync(line, cancellationToken);
                    break;
                case "RCPT":
                    await RecipientAsync(line);
                    break;
                case "DATA" when _to is null:
                    await SayAsync("503 5.5.1 No recipient");
                    break;
                case "DATA":
                    await DataAsync(cancellationToken);
                    break;
                case "QUIT":
                    await SayAsync("221 2.0.0 Bye");
                    return;
                default:
                    await SayAsync("502 5.5.1 Not known here");
                    break;
            }
        }
    }

    private Task SayAsync(string line) => _writer.WriteLineAsync(line);

    // Anybody may sign in: the local cloud keeps no secrets.
    private async Task AuthenticateAsync(string line, CancellationToken cancellationToken)
    {
        if (line.Contains("LOGIN", StringComparison.OrdinalIgnoreCase))
        {
            await SayAsync("334 VXNlcm5hbWU6");
            await _reader.ReadLineAsync(cancellationToken);
            await SayAsync("334 UGFzc3dvcmQ6");
            await _reader.ReadLineAsync(cancellationToken);
        }
        else if (line.Split(' ').Length < 3)
        {
            await SayAsync("334 ");
            await _reader.ReadLineAsync(cancellationToken);
        }

        await SayAsync("235 2.7.0 Welcome");
    }

    private async Task RecipientAsync(string line)
    {
        var (from, to) = (line.IndexOf('<', StringComparison.Ordinal), line.IndexOf('>', StringComparison.Ordinal));
        var address = from >= 0 && to > from ? line[(from + 1)..to] : "";
        if (switches.Decide(Provider, address) == SwitchAnswer.Gone)
        {
            inbox.Add(new Arrival(Provider, address, null, "", null, "", line), "550 5.1.1", isTaken: false);
            await SayAsync("550 5.1.1 No such mailbox");
            return;
        }

        _to = address;
        await SayAsync("250 2.1.5 Ok");
    }

    private async Task DataAsync(CancellationToken cancellationToken)
    {
        await SayAsync("354 End with a dot");
        var text = new StringBuilder();
        while (await _reader.ReadLineAsync(cancellationToken) is { } line && line != ".")
        {
            if (text.Length < MostBytes)
                text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        var (bytes, to) = (Encoding.Latin1.GetBytes(text.ToString()), _to!);
        _to = null;
        if (bytes.Length >= MostBytes)
        {
            await SayAsync("552 5.3.4 Too long");
            return;
        }

        using var mail = await MimeMessage.LoadAsync(new MemoryStream(bytes), cancellationToken);
        var answer = switches.Decide(Provider, to);
        var said = answer switch { SwitchAnswer.TooMany => "451 4.7.1 Slow down", SwitchAnswer.Failing => "554 5.3.0 It failed", _ => "250 2.0.0 Taken" };
        var arrival = new Arrival(Provider, to, mail.Subject, mail.TextBody?.TrimEnd() ?? "", mail.HtmlBody, mail.MessageId ?? "", Encoding.UTF8.GetString(bytes));
        inbox.Add(arrival, answer == SwitchAnswer.Timeout ? "250, not said" : said.Split(' ')[0], said.StartsWith("250", StringComparison.Ordinal));
        if (answer == SwitchAnswer.Timeout)
            await Task.Delay(Hold, clock, cancellationToken);
        await SayAsync(said);
    }
}
