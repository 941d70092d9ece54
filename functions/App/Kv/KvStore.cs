using Microsoft.Extensions.Options;
using Serverless.Replication;

namespace Serverless.Kv;

/// <summary>The key-value store: what the functions ask for, in terms of values and causality. Outcomes are values.</summary>
public sealed class KvStore(ReplicatedStore store, StrictRegisters registers, IOptions<ReplicationOptions> options, TimeProvider clock)
{
    /// <summary>Bytes of the longest value: 256 KiB.</summary>
    public const int MaxValueBytes = 256 * 1024;

    // A version that vanishes while its value is fetched was overwritten; reading again meets its successor.
    private const int MostReads = 3;

    /// <summary>All versions with their values, and the register's value when the key is written strictly: the one in force, or, while no majority can tell, the latest that was met.</summary>
    public async Task<ReadResult> GetAsync(ReplicaKey key, QuorumRules rules, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.Value.OperationMilliseconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        ReadResult result = new ReadResult.NoQuorum(0, rules.Needed ?? 0);
        for (var reads = 0; reads < MostReads; reads++)
        {
            result = await store.ReadAsync(key, rules, either.Token);
            if (result is ReadResult.Read { Register: not null, RegistersAgree: false } && await registers.ReadAsync(key, either.Token) is RegisterResult.Held(var held, var from))
                result = AsRead(held, from);
            if (result is not ReadResult.Read(var set, var answers, _) read)
                return result;
            if (await FetchAllAsync(key, set, either.Token) is { } whole)
                return read with { Set = whole };
            result = new ReadResult.NoQuorum(answers.Count - 1, answers.Count);
        }

        return result;
    }

    /// <summary>What the key holds, linearizably.</summary>
    public async Task<RegisterResult> GetStrictAsync(ReplicaKey key, CancellationToken cancellationToken)
    {
        var result = await registers.ReadAsync(key, cancellationToken);
        if (result is not RegisterResult.Held(var content, var answers) held || !content.Beside.Versions.Any(v => v.IsUnfetched))
            return result;
        return await FetchAllAsync(key, content.Beside, cancellationToken) is { } whole
            ? held with { Content = content with { Beside = whole } }
            : new RegisterResult.NoQuorum(answers.Count - 1, answers.Count, false);
    }

    /// <summary>Writes as one step of the key's register, if <paramref name="condition"/> holds for what it replaces; a null value deletes.</summary>
    internal Task<RegisterResult> PutStrictAsync(
        ReplicaKey key, ReadOnlyMemory<byte>? value, string? contentType, KvCondition condition, CancellationToken cancellationToken) =>
        registers.ChangeAsync(key, content => condition.Holds(KvTag.Of(content)) ? new RegisterWrite(contentType, value) : null, cancellationToken, condition.Exists);

    public Task<WriteResult> PutAsync(
        ReplicaKey key, ReadOnlyMemory<byte> value, string contentType, CausalContext seen, QuorumRules rules, CancellationToken cancellationToken) =>
        store.WriteAsync(key, new WriteIntent(store.NewNonce(), seen, contentType, value, clock.GetUtcNow()), rules, cancellationToken);

    /// <summary>Deletes what <paramref name="seen"/> covers; null: what a quorum shows now. A key that no replica knows needs no tombstone.</summary>
    public async Task<WriteResult> DeleteAsync(ReplicaKey key, CausalContext? seen, QuorumRules rules, CancellationToken cancellationToken)
    {
        if (seen is null)
        {
            var now = await store.ReadAsync(key, QuorumRules.Default with { Sloppy = rules.Sloppy }, cancellationToken);
            if (now is not ReadResult.Read(var set, var answers, var repairing))
                return now is ReadResult.NoQuorum(var answered, var quorum) ? new WriteResult.NoQuorum(answered, quorum) : new WriteResult.NoQuorum(0, 0);
            if (now is ReadResult.Read { Register: not null })
                return new WriteResult.StrictKey();
            if (set.IsEmpty || (!repairing && answers.Count >= (rules.Needed ?? 0) && set.Versions.All(v => v.IsTombstone)))
                return new WriteResult.Written(set.Context, answers);
            seen = set.Context;
        }

        return await store.WriteAsync(key, new WriteIntent(store.NewNonce(), seen, null, null, clock.GetUtcNow()), rules, cancellationToken);
    }

    /// <summary>Where the key lies and what each owner holds; null when the cluster cannot be told.</summary>
    public Task<KeyPlacement?> LocateAsync(ReplicaKey key, CancellationToken cancellationToken) => store.LocateAsync(key, cancellationToken);

    private static ReadResult.Read AsRead(RegisterContent content, IReadOnlyList<ReplicaAnswer> answers) =>
        new(content.Beside, answers, Repairing: true) { Register = new RegisterState(Ballot.None, Ballot.None, content.Value) };

    private async Task<VersionSet?> FetchAllAsync(ReplicaKey key, VersionSet set, CancellationToken cancellationToken)
    {
        if (!set.Versions.Any(v => v.IsUnfetched))
            return set;

        var fetched = await Task.WhenAll(set.Versions.Select(v => store.FetchAsync(key, v, cancellationToken)));
        return Array.TrueForAll(fetched, v => v is not null) ? new VersionSet(set.Context, [.. fetched!]) : null;
    }
}
