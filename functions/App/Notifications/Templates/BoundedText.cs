using System.Text;

namespace Serverless.Notifications;

/// <summary>Text that is rendered, up to a bound.</summary>
internal sealed class BoundedText : TextWriter
{
    /// <summary>Characters of the longest text: 65,536.</summary>
    public const int MostCharacters = 64 * 1024;

    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value)
    {
        Check(1);
        _text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Check(count);
        _text.Append(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Check(buffer.Length);
        _text.Append(buffer);
    }

    public override void Write(string? value)
    {
        Check(value?.Length ?? 0);
        _text.Append(value);
    }

    public override string ToString() => _text.ToString();

    private void Check(int more)
    {
        if (_text.Length + more > MostCharacters)
            throw new TextBoundException();
    }
}

/// <summary>A text is longer than may be: how a renderer that knows no bounds is stopped.</summary>
internal sealed class TextBoundException : Exception;
