using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Serverless.Limits;

/// <summary>What one limit of one subject remembers. Immutable.</summary>
[JsonDerivedType(typeof(BucketState), "bucket")]
[JsonDerivedType(typeof(WindowState), "window")]
public abstract record LimitState
{
    /// <summary>What was taken ahead and not yet accounted for.</summary>
    public ImmutableArray<Hold> Holds { get; init; } = [];

    /// <summary>Nothing is held, and nothing that was used still counts.</summary>
    [JsonIgnore]
    public abstract bool IsBlank { get; }

    /// <summary>All that is held.</summary>
    [JsonIgnore]
    public long Held
    {
        get
        {
            var held = 0L;
            foreach (var hold in Holds)
                held += hold.Amount;
            return held;
        }
    }
}

/// <summary>Tokens that one holder took ahead: nobody else can have them, and when <paramref name="Until"/> has passed they count as used then.</summary>
/// <param name="Holder">Random.</param>
/// <param name="Sequence">Grows with each change that the holder makes.</param>
/// <param name="Amount">Tokens.</param>
/// <param name="Until">The last tick at which they may be used.</param>
public sealed record Hold(ulong Holder, int Sequence, long Amount, long Until);

/// <summary>A bucket, by the water in it: for a token bucket, the tokens that are missing.</summary>
/// <param name="Water">In parts of a token: a token is as many as the window has ticks, so that a tick leaks a whole number.</param>
/// <param name="At">The tick up to which it has leaked.</param>
public sealed record BucketState(Int128 Water, long At) : LimitState
{
    [JsonIgnore]
    public override bool IsBlank => Water == 0 && Holds.IsEmpty;
}

/// <summary>What was used, by when it stops counting.</summary>
/// <param name="Uses">In order.</param>
public sealed record WindowState(ImmutableArray<Use> Uses) : LimitState
{
    [JsonIgnore]
    public override bool IsBlank => Uses.IsEmpty && Holds.IsEmpty;
}

/// <param name="Expires">The tick from which it does not count.</param>
/// <param name="Amount">Tokens.</param>
public readonly record struct Use(long Expires, long Amount);
