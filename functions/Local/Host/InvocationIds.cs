using System.Buffers.Binary;

namespace Serverless.Local.Host;

/// <summary>Ids of invocations, as GUID text: eight random bytes of this head, then a counter. Safe for concurrent use.</summary>
internal sealed class InvocationIds
{
    private readonly long _head;
    private long _count;

    public InvocationIds(Random random)
    {
        _head = random.NextInt64();
        Owner = _head.ToString("x16", null);
    }

    /// <summary>Names this head in the leases it holds.</summary>
    public string Owner { get; }

    public string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, _head);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Interlocked.Increment(ref _count));
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
