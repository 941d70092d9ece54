using System.Text;
using Serverless.Local.Host;

namespace Serverless.Tests.Local;

public class QueueEnvelopeTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"a":"한글 😀 <&>","b": [1.50, true, null]}""")]
    [InlineData("no json, 한글")]
    [InlineData("null")]
    [InlineData("")]
    public void A_message_is_ascii_and_reads_back(string body)
    {
        var text = Of(body).Write("queue");

        Assert.True(Ascii.IsValid(text));
        var read = QueueEnvelope.Read(text)!;
        Assert.Equal(("m1", Noon, body), (read.MessageId, read.EnqueuedTimeUtc, read.Body));
        Assert.Equal("gold", read.Properties["tier"]);
    }

    [Theory]
    [InlineData(0x20, 0x7E)]
    [InlineData(0x400, 0x4FF)]
    [InlineData(0xAC00, 0xD7A3)]
    [InlineData(0x1F300, 0x1F5FF)]
    public void The_largest_body_fits_whatever_letters_it_has(int first, int last)
    {
        var random = new Random(7);
        var letters = new StringBuilder();
        var bytes = 0;
        while (bytes < 48 * 1024 - 4)
        {
            var letter = new Rune(random.Next(first, last + 1));
            letters.Append(letter);
            bytes += letter.Utf8SequenceLength;
        }

        var body = letters.ToString();
        var text = Of(body).Write("queue");

        Assert.InRange(text.Length, 1, 64 * 1024);
        Assert.True(Ascii.IsValid(text));
        Assert.Equal(body, QueueEnvelope.Read(text)!.Body);
        Assert.InRange(Of(body).WriteDead("reason", new string('한', 1000)).Length, 1, 64 * 1024);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("hello")]
    [InlineData("AAAA")]
    public void What_no_sender_here_wrote_is_no_envelope(string text) => Assert.Null(QueueEnvelope.Read(text));

    private static QueueEnvelope Of(string body) =>
        new("m1", Noon, new Dictionary<string, string> { ["tier"] = "gold" }, body);
}
