using System.Globalization;
using Serverless.Bench.Kv;
using Serverless.Replication;

namespace Serverless.Bench.Wan;

/// <summary>
/// How many round trips between regions a read and a write take: 60 ms are put before every node that lies in another region than
/// the coordinator. Such a count shows calls made one after the other, on any machine.
/// </summary>
internal static class WanBench
{
    private const int Keys = 60;
    private const int KeysToWarmUp = 20;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(60);

    public static async Task<int> RunAsync(string[] args)
    {
        await using var rig = await KvRig.StartAsync(coordinators: 3, RoundTrip);
        var (rounds, chat) = (new Rounds(), await WanChat.OpenAsync(rig));
        for (var number = -KeysToWarmUp; number < Keys; number++)
        {
            if (number == 0)
                rounds.Clear();
            await KeyAsync(rig, rounds, number);
            await rounds.TimeAsync("chat send", () => chat.SendAsync());
            await Settle();
        }

        rounds.Print();
        double RoundTrips(string scenario) => rounds.P50(scenario) / RoundTrip.TotalMilliseconds;

        var ratios = new Ratios();
        ratios.AtMost("wan.get.p50.rtt", RoundTrips("get"), 1.2);
        ratios.AtMost("wan.put.p50.rtt", RoundTrips("put new"), 1.3);
        ratios.AtMost("wan.put.remembered.p50.rtt", RoundTrips("put remembered"), 1.3);
        ratios.AtMost("wan.put.elsewhere.p50.rtt", RoundTrips("put elsewhere"), 2.3);
        ratios.AtMost("wan.strict.get.p50.rtt", RoundTrips("strict get"), 1.2);
        ratios.AtMost("wan.strict.repeat.p50.rtt", RoundTrips("strict repeat"), 1.2);
        ratios.AtMost("wan.strict.put.p50.rtt", RoundTrips("strict put new"), 2.3);
        ratios.AtMost("wan.strict.elsewhere.p50.rtt", RoundTrips("strict elsewhere"), 3.4);
        ratios.AtMost("wan.chat.send.p50.rtt", RoundTrips("chat send"), 1.4);
        Console.WriteLine("""
            A read asks the near owner and a far one at once: one round trip. So does a write of a new key, and one of a key that this
            coordinator wrote before. A key that another coordinator wrote last costs two: the far row must be read before it can be swapped.
            A strict write that repeats costs one, as does a strict read; one of a new key two, a promise and the acceptance; one of a key that
            another coordinator wrote last a third, to read what is there. A chat message is a strict write that repeats.
            """);
        return ratios.ExitCode;
    }

    private static async Task KeyAsync(KvRig rig, Rounds rounds, int number)
    {
        var key = new ReplicaKey("kv", string.Create(CultureInfo.InvariantCulture, $"wan-{number}"));
        var (first, second) = (rig.Coordinators[(number + 60) % 3], rig.Coordinators[(number + 61) % 3]);
        var seen = CausalContext.Empty;
        await rounds.TimeAsync("put new", async () => seen = await PutAsync(first, key, seen));
        await Settle();
        await rounds.TimeAsync("put remembered", async () => seen = await PutAsync(first, key, seen));
        await Settle();
        await rounds.TimeAsync("get", async () => _ = await second.ReadAsync(key, QuorumRules.Default, CancellationToken.None) is ReadResult.Read { Set.Versions.Length: 1 }
            ? 0
            : throw new InvalidOperationException("A key did not read back."));
        await rounds.TimeAsync("put elsewhere", async () => seen = await PutAsync(second, key, seen));
        await Settle();
        var strict = new ReplicaKey("kv", string.Create(CultureInfo.InvariantCulture, $"wan-strict-{number}"));
        var (near, far) = (rig.Registers[(number + 60) % 3], rig.Registers[(number + 61) % 3]);
        await rounds.TimeAsync("strict put new", () => SwapAsync(near, strict, exists: false));
        await Settle();
        await rounds.TimeAsync("strict repeat", () => SwapAsync(near, strict, exists: true));
        await Settle();
        await rounds.TimeAsync("strict get", async () => _ = await far.ReadAsync(strict, CancellationToken.None) is RegisterResult.Held { Content.Value: not null }
            ? 0
            : throw new InvalidOperationException("A register did not read back."));
        await rounds.TimeAsync("strict elsewhere", () => SwapAsync(far, strict, exists: true));
        await Settle();
    }

    private static async Task SwapAsync(StrictRegisters registers, ReplicaKey key, bool exists)
    {
        if (await registers.ChangeAsync(key, _ => new RegisterWrite("", new byte[256]), CancellationToken.None, exists) is not RegisterResult.Written)
            throw new InvalidOperationException("A strict write on healthy nodes was refused.");
    }

    // The third owner is told after the acknowledgement, and the next write of the key would wait for it.
    private static Task Settle() => Task.Delay(3 * RoundTrip, TimeProvider.System, CancellationToken.None);

    private static async Task<CausalContext> PutAsync(ReplicatedStore store, ReplicaKey key, CausalContext seen) =>
        await store.WriteAsync(key, new WriteIntent(store.NewNonce(), seen, "", new byte[256], DateTimeOffset.UnixEpoch), QuorumRules.Default, CancellationToken.None) is WriteResult.Written written
            ? written.Context
            : throw new InvalidOperationException("A write on healthy nodes was refused.");
}
