using Microsoft.AspNetCore.Http.Features;

namespace Serverless.Tests.Http;

/// <summary>A request's body that arrives in pieces, as a network delivers it.</summary>
internal sealed class PiecewiseBody(int length, int piece) : Stream
{
    /// <summary>All of it.</summary>
    public byte[] Bytes => [.. Enumerable.Range(0, length).Select(At)];

    /// <summary>How many bytes were taken from it.</summary>
    public int Taken { get; private set; }

    /// <summary>Whether the reader was told that there is no more.</summary>
    public bool AtEnd { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => Taken; set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Assert.True(buffer.Length > 0, "A read into nothing looks like the end of the body.");
        var count = Math.Min(Math.Min(buffer.Length, piece), length - Taken);
        for (var i = 0; i < count; i++)
            buffer.Span[i] = At(Taken + i);
        Taken += count;
        AtEnd |= count == 0;
        return ValueTask.FromResult(count);
    }

    // Kestrel refuses to be read synchronously.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte At(int position) => (byte)(position * 31);
}

/// <summary>A connection that only tells whether it was cut off.</summary>
internal sealed class AbortedConnection : IHttpRequestLifetimeFeature
{
    public CancellationToken RequestAborted { get; set; }

    public bool IsAborted { get; private set; }

    public void Abort() => IsAborted = true;
}
