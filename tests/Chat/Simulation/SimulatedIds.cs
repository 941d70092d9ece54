using System.Buffers.Binary;

namespace Serverless.Tests.Chat;

/// <summary>Client ids as senders make them.</summary>
internal static class SimulatedIds
{
    /// <summary>A UUID by the sender's clock, which may be wrong, or now and then one without a time.</summary>
    public static string ClientId(Random random, DateTimeOffset clock)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        var isTimed = random.Next(5) != 0;
        if (isTimed)
            BinaryPrimitives.WriteInt64BigEndian(bytes, (clock.ToUnixTimeMilliseconds() << 16) | (uint)random.Next(1 << 12));
        bytes[6] = (byte)((bytes[6] & 0x0f) | (isTimed ? 0x70 : 0x40));
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
