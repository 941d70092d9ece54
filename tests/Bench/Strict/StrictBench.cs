using System.Globalization;
using Serverless.Bench.Kv;
using Serverless.Replication;

namespace Serverless.Bench.Strict;

/// <summary>
/// Strict writes beside eventual ones of the same 256-byte values on the same nodes. A new key is written by one coordinator, again by the same one, which needs one phase, and again by another, which
/// needs both.
/// </summary>
internal static class StrictBench
{
    private const int RoundsMeasured = 15;
    private const int KeysPerRound = 40;

    private static readonly byte[] Value = new byte[256];
    private static int _keys;

    public static async Task<int> RunAsync(string[] args)
    {
        await using var rig = await KvRig.StartAsync(coordinators: 3);
        var rounds = new Rounds();
        for (var round = -2; round < RoundsMeasured; round++)
        {
            if (round == 0)
                rounds.Clear();
            for (var i = 0; i < KeysPerRound; i++)
                await KeyAsync(rig, rounds, i);
            rounds.Next();
        }

        rounds.Print();
        var ratios = new Ratios();
        ratios.AtMost("strict.put.p50", rounds.Ratio("strict put", "eventual put"), 2.5);
        ratios.AtMost("strict.put.repeat.p50", rounds.Ratio("strict repeat", "eventual put"), 1.5);
        Console.WriteLine("""
            Both against an eventual PUT of a new key, the cheapest there is. A strict PUT of a new key asks the owners twice: for a promise, and to accept. One that repeats asks once,
            as the eventual PUT does; an owner that accepts also promises the next ballot. "strict elsewhere" must read first, then ask twice.
            """);
        return ratios.ExitCode;
    }

    private static async Task KeyAsync(KvRig rig, Rounds rounds, int number)
    {
        var (eventual, strict) = (NextKey(), NextKey());
        var (here, elsewhere) = (number % 3, (number + 1) % 3);
        var store = rig.Coordinators[here];
        var seen = CausalContext.Empty;
        await rounds.TimeAsync("eventual put", async () => seen = await PutAsync(store, eventual, seen));
        await rounds.TimeAsync("strict put", () => SwapAsync(rig.Registers[here], strict, exists: false));
        await rounds.TimeAsync("eventual repeat", async () => seen = await PutAsync(store, eventual, seen));
        await rounds.TimeAsync("strict repeat", () => SwapAsync(rig.Registers[here], strict, exists: true));
        await rounds.TimeAsync("strict read", () => ReadAsync(rig.Registers[elsewhere], strict));
        await rounds.TimeAsync("strict elsewhere", () => SwapAsync(rig.Registers[elsewhere], strict, exists: true));
    }

    private static ReplicaKey NextKey() => new("kv", string.Create(CultureInfo.InvariantCulture, $"strict-{++_keys}"));

    private static async Task<CausalContext> PutAsync(ReplicatedStore store, ReplicaKey key, CausalContext seen) =>
        await store.WriteAsync(key, new WriteIntent(store.NewNonce(), seen, "", Value, DateTimeOffset.UnixEpoch), QuorumRules.Default, CancellationToken.None) is WriteResult.Written written
            ? written.Context
            : throw new InvalidOperationException("A write failed without any fault.");

    private static async Task SwapAsync(StrictRegisters registers, ReplicaKey key, bool exists)
    {
        if (await registers.ChangeAsync(key, _ => new RegisterWrite("", Value), CancellationToken.None, exists) is not RegisterResult.Written)
            throw new InvalidOperationException("A strict write failed without any fault.");
    }

    private static async Task ReadAsync(StrictRegisters registers, ReplicaKey key)
    {
        if (await registers.ReadAsync(key, CancellationToken.None) is not RegisterResult.Held { Content.Value.Value.Length: 256 })
            throw new InvalidOperationException("A strict read did not show the value written.");
    }
}
