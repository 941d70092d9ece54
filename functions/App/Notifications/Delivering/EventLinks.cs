using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Serverless.Notifications;

/// <summary>Links by which a recipient's app or mail says that a delivery was opened or clicked: signed (HMAC-SHA256, RFC 2104), so that nobody can say it of another's.</summary>
public sealed class EventLinks(IOptions<NotificationsOptions> options)
{
    private readonly byte[]? _key = options.Value.SigningKeyBytes();

    /// <summary>Where a delivery's events are posted, without credentials; null when no public address is configured.</summary>
    internal string? Of(DeliveryName delivery) => options.Value.PublicAddress is { } address && _key is not null
        ? $"{address.AbsoluteUri.TrimEnd('/')}/notifications/{delivery.Batch.Chunk.Notification}/events?token={TokenOf(delivery, _key)}"
        : null;

    /// <summary>The delivery that a token was made for; null when it was not made here, or not for this notification.</summary>
    internal DeliveryName? Read(string notification, string? token)
    {
        var mark = token?.LastIndexOf('~') ?? -1;
        if (_key is null || mark < 0 || DeliveryName.Parse(token![..mark]) is not { } delivery || delivery.Batch.Chunk.Notification != notification)
            return null;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(TokenOf(delivery, _key)), Encoding.UTF8.GetBytes(token)) ? delivery : null;
    }

    // Its own purpose is signed too, so that no other signature by this key is a token.
    private static string TokenOf(DeliveryName delivery, byte[] key) =>
        $"{delivery}~{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"notification-event:{delivery}")))}";
}
