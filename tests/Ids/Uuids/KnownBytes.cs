namespace Serverless.Tests.Ids;

/// <summary>A Random whose bytes are first, first + step, first + 2 × step and so on, modulo 256. It counts its draws.</summary>
internal sealed class KnownBytes(byte first, byte step) : Random(0)
{
    private byte _next = first;

    public int Draws { get; private set; }

    public override void NextBytes(Span<byte> buffer)
    {
        Draws++;
        foreach (ref var b in buffer)
        {
            b = _next;
            _next += step;
        }
    }
}
