using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Idempotency;

/// <summary>What became of an attempt to begin a request.</summary>
internal abstract record KeyClaim
{
    /// <summary>It is this request's to carry out.</summary>
    /// <param name="Mark">What the register holds meanwhile.</param>
    public sealed record Owned(KeyRecord Mark) : KeyClaim;

    /// <summary>The same request is being carried out.</summary>
    public sealed record InFlight : KeyClaim;

    /// <summary>The key was used for another request.</summary>
    public sealed record Reused : KeyClaim;

    /// <summary>It was carried out before.</summary>
    public sealed record Answered(KeptAnswer Answer) : KeyClaim;

    /// <summary>Too few owners answered to tell. A mark may stand all the same, until it ends.</summary>
    public sealed record Unreachable(int Heard, int Needed) : KeyClaim;
}

/// <summary>What became of the answer of a request that was carried out.</summary>
internal enum KeyOutcome
{
    Stored,

    /// <summary>The mark had ended, and another run has the key now: what that one answers counts.</summary>
    TakenOver,

    /// <summary>Too few owners answered: the mark stands until it ends, or the answer is stored after all.</summary>
    Unreachable,
}

/// <summary>One strict register per key, changed by compare-and-swap alone: who carries a request out, then what came of it. Outcomes are values.</summary>
internal sealed class KeyRegisters(StrictRegisters registers, IOptions<IdempotencyOptions> options, TimeProvider clock, Random random)
{
    /// <summary>How long a function may run under a key: 60 s, as long as any operation may take.</summary>
    public static readonly TimeSpan RunLimit = Deadline.Longest;

    /// <summary>Clocks of instances differ by less: 30 s.</summary>
    public static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a mark stands: 150 s. A run is stopped after 60 s; an operation on the storage that it began in its last moment goes on for 60 s at most (<see cref="Deadline.Longest"/>); and
    /// whoever takes over may have a clock that is ahead. So what a lost run does has been done before another begins.
    /// </summary>
    public static readonly TimeSpan MarkLife = RunLimit + Deadline.Longest + ClockMargin;

    private TimeSpan Keep => TimeSpan.FromHours(options.Value.KeepHours);

    /// <summary>Marks the key as this request's to carry out, if nobody else has it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends only the wait for others; a mark that is being set will be.</param>
    public async Task<KeyClaim> ClaimAsync(KeyedRequest request, CancellationToken cancellationToken)
    {
        // As of before the register was asked: too early at worst, so no mark is taken for ended that is not.
        var now = clock.GetUtcNow();
        var mark = new KeyRecord(request.Fingerprint, SecureRandom.Next64(random), now + MarkLife, now + Keep, null);
        KeyState Find(RegisterContent content) => KeyRecord.StateOf(KeyRecord.Of(content.Value), request.Fingerprint, now);

        var result = await registers.ChangeAsync(request.Register, content => Find(content) == KeyState.Free ? mark.ToWrite() : null, cancellationToken, exists: false);
        return result switch
        {
            RegisterResult.Written(var content, _) when KeyRecord.Of(content.Value)?.Owner == mark.Owner => new KeyClaim.Owned(mark),
            RegisterResult.Written(var content, _) => Lost(content),
            RegisterResult.Held(var content, _) => Lost(content),
            RegisterResult.NoQuorum(var answered, var needed, _) => new KeyClaim.Unreachable(answered, needed),
            _ => throw new InvalidOperationException("A mark is never too long for a register."),
        };

        KeyClaim Lost(RegisterContent content) => Find(content) switch
        {
            KeyState.Reused => new KeyClaim.Reused(),
            KeyState.Answered => new KeyClaim.Answered(KeyRecord.Of(content.Value)!.Answer!),
            _ => new KeyClaim.InFlight(),
        };
    }

    /// <summary>Puts the answer in the mark's place, kept from now on, if the mark is still this run's.</summary>
    public async Task<KeyOutcome> CompleteAsync(KeyedRequest request, KeyRecord mark, KeptAnswer answer)
    {
        var done = (mark with { Answer = answer, Expires = clock.GetUtcNow() + Keep }).ToWrite();
        return await SwapAsync(request.Register, mark, done);
    }

    /// <summary>Takes the mark away: the next request runs.</summary>
    public Task<KeyOutcome> ReleaseAsync(KeyedRequest request, KeyRecord mark) => SwapAsync(request.Register, mark, new RegisterWrite(null, null));

    /// <summary>Deletes what has expired; whether it did.</summary>
    public async Task<bool> ExpireAsync(ReplicaKey register, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await registers.ChangeAsync(
            register, content => HasExpired(content.Value, now) ? new RegisterWrite(null, null) : null, cancellationToken, exists: true) is RegisterResult.Written;
    }

    /// <summary>Whether nobody needs it any more, whatever his clock.</summary>
    public bool HasExpired(RegisterValue? value) => HasExpired(value, clock.GetUtcNow());

    private static bool HasExpired(RegisterValue? value, DateTimeOffset now) => KeyRecord.Of(value) is { } record && record.Expires + ClockMargin < now;

    private async Task<KeyOutcome> SwapAsync(ReplicaKey register, KeyRecord mark, RegisterWrite write) =>
        await registers.ChangeAsync(
            register, content => KeyRecord.Of(content.Value) is { Answer: null } held && held.Owner == mark.Owner ? write : null, CancellationToken.None, exists: true) switch
        {
            RegisterResult.Written => KeyOutcome.Stored,
            RegisterResult.Held => KeyOutcome.TakenOver,
            _ => KeyOutcome.Unreachable,
        };
}
