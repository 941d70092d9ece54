using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Deletes what is known of notifications when it has been kept long enough. A register that was not changed for so long belongs to one that was accepted even earlier.</summary>
public sealed class NotificationsExpiry
{
    /// <summary>Registers deleted in one run: 100,000. The next run goes on.</summary>
    public const int MostKeys = 100_000;

    private static readonly string[] Spaces = [LedgerStore.Notifications, LedgerStore.Plans, LedgerStore.Batches, CountStore.Space];

    private readonly KeyExpiry _expiry;
    private readonly StrictRegisters _registers;
    private readonly IOptions<NotificationsOptions> _options;
    private readonly TimeProvider _clock;

    internal NotificationsExpiry(KeyExpiry expiry, StrictRegisters registers, IOptions<NotificationsOptions> options, TimeProvider clock) =>
        (_expiry, _registers, _options, _clock) = (expiry, registers, options, clock);

    /// <summary>How many registers were deleted, of what the nodes told that answered.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // What is scheduled furthest ahead still has its full time from when it is sent.
        var before = _clock.GetUtcNow() - TimeSpan.FromDays(_options.Value.KeepDays) - NotificationRequest.FurthestAhead - NotificationRequest.LongestLife;
        var deleted = 0;
        foreach (var space in Spaces)
        {
            deleted += await _expiry.RunAsync(space, MostKeys - deleted, async (key, seen) => IsDue(seen, before) && await _registers.ChangeAsync(
                key, content => IsDue(content.Value, before) ? new RegisterWrite(null, null) : null, cancellationToken, exists: true) is RegisterResult.Written, cancellationToken);
        }

        return deleted;
    }

    private static bool IsDue(RegisterValue? value, DateTimeOffset before) => value is { IsDeleted: false } && value.WrittenAt < before;
}
