using System.Collections.Concurrent;

namespace Serverless.Tests.EndToEnd;

/// <summary>What clients did to sets of numbers and what they saw, on one monotonic clock. Safe for concurrent use.</summary>
internal sealed class SetHistory(TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();

    public ConcurrentQueue<SetAdd> Adds { get; } = new();

    public ConcurrentQueue<SetRead> Reads { get; } = new();

    /// <summary>Since the history began.</summary>
    public TimeSpan Now => clock.GetElapsedTime(_started);
}

/// <summary>One number sent to be added; each is sent once only.</summary>
/// <param name="Key">The set.</param>
/// <param name="Element">The number.</param>
/// <param name="Sent">When its first write was sent.</param>
/// <param name="Acknowledged">When the acknowledgement had arrived; null: whether it was added is not known.</param>
/// <param name="By">For the reader: who answered, or why nobody did.</param>
/// <param name="ByOwners">Whether owners alone acknowledged it, and no node that stands in for one.</param>
internal sealed record SetAdd(string Key, int Element, TimeSpan Sent, TimeSpan? Acknowledged, string By, bool ByOwners = true);

/// <summary>One read of a whole set, siblings merged.</summary>
/// <param name="Key">The set.</param>
/// <param name="Begun">When it was sent.</param>
/// <param name="Ended">When its answer had arrived.</param>
/// <param name="Seen">The numbers.</param>
/// <param name="ByOwners">Whether owners alone answered, and no node that stands in for one.</param>
internal sealed record SetRead(string Key, TimeSpan Begun, TimeSpan Ended, IReadOnlySet<int> Seen, bool ByOwners = true);
