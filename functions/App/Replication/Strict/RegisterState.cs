using System.Collections.Immutable;

namespace Serverless.Replication;

/// <summary>What one acceptor has promised and accepted for one register: part of the key's row on an owner.</summary>
/// <param name="Promised">It takes part in no ballot below this.</param>
/// <param name="Accepted">The ballot of <paramref name="Value"/>; none when nothing was accepted.</param>
/// <param name="Value">What was accepted last; null when nothing was.</param>
public sealed record RegisterState(Ballot Promised, Ballot Accepted, RegisterValue? Value)
{
    /// <summary>Took part in nothing yet.</summary>
    public static readonly RegisterState Blank = new(Ballot.None, Ballot.None, null);

    /// <summary>The one of two that accepted the higher ballot; null when neither accepted anything.</summary>
    public static RegisterState? Later(RegisterState? one, RegisterState? other) =>
        other?.Value is null ? (one?.Value is null ? null : one)
        : one?.Value is null || one.Accepted < other.Accepted ? other
        : one;
}

/// <summary>The value of a register.</summary>
/// <param name="Nonce">Names the write that made it: 128 random bits, and its version to clients.</param>
/// <param name="WrittenAt">The proposer's clock; shown to people, never used to decide.</param>
/// <param name="ContentType">As the client sent it, at most 255 characters; null when deleted.</param>
/// <param name="Value">At most <see cref="StrictRegisters.MaxValueBytes"/> bytes; null when it was deleted.</param>
/// <param name="Before">The nonces of the writes before it, the latest first, at most <see cref="MostBefore"/>: whether a write whose answer was lost took effect can be read from them.</param>
public sealed record RegisterValue(
    UInt128 Nonce, DateTimeOffset WrittenAt, string? ContentType, ReadOnlyMemory<byte>? Value, ImmutableArray<UInt128> Before)
{
    /// <summary>Writes remembered: 16.</summary>
    public const int MostBefore = 16;

    public bool IsDeleted => Value is null;

    /// <summary>The value that replaces <paramref name="before"/>.</summary>
    internal static RegisterValue After(RegisterValue? before, UInt128 nonce, RegisterWrite write, DateTimeOffset now) => new(
        nonce, now, write.ContentType, write.Value,
        before is null ? [] : [before.Nonce, .. before.Before.Take(MostBefore - 1)]);

    /// <summary>Whether a write is in this value or in one before it; null when so many came since that this cannot be told.</summary>
    /// <param name="nonce">Names the write.</param>
    /// <param name="on">What it would have replaced; null when nothing.</param>
    internal bool? Includes(UInt128 nonce, RegisterValue? on) =>
        Nonce == nonce || Before.Contains(nonce) ? true
        : Before.Length < MostBefore || Nonce == on?.Nonce || (on is not null && Before.Contains(on.Nonce)) ? false
        : null;
}
