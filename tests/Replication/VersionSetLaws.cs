using CsCheck;
using Serverless.Replication;
using Version = Serverless.Replication.Version;

namespace Serverless.Tests.Replication;

/// <summary>Laws of the data type, over histories: several replicas and clients that write, merge and read in any order.</summary>
public class VersionSetLaws
{
    private const int Replicas = 3;

    private enum Kind
    {
        WriteBlind,
        WriteAfterRead,
        WriteAfterOwnWrite,
        Merge,
    }

    private static readonly Gen<(Kind Kind, int At, int Other)[]> Histories =
        Gen.Select(Gen.Enum<Kind>(), Gen.Int[0, Replicas - 1], Gen.Int[0, Replicas - 1]).Array[0, 40];

    [Fact]
    public void Merging_is_commutative_associative_and_idempotent() => Histories.Sample(history =>
    {
        var (a, b, c) = Run(history) switch { { Sets: var s } => (s[0], s[1], s[2]) };
        return a.Merge(b).SameAs(b.Merge(a))
            && a.Merge(b).Merge(c).SameAs(a.Merge(b.Merge(c)))
            && a.Merge(a).SameAs(a)
            && a.Merge(b).Merge(b).SameAs(a.Merge(b));
    });

    [Fact]
    public void After_merging_everything_exactly_the_writes_nobody_overwrote_are_left() => Histories.Sample(history =>
    {
        var run = Run(history);
        var all = run.Sets.Aggregate((x, y) => x.Merge(y));
        var overwritten = run.Writes.SelectMany(w => run.Writes.Where(v => w.Seen.Covers(v.Dot)).Select(v => v.Dot)).ToHashSet();
        return all.Versions.Select(v => v.Dot).ToHashSet().SetEquals(run.Writes.Select(w => w.Dot).Where(d => !overwritten.Contains(d)));
    });

    [Fact]
    public void The_context_covers_every_version_and_only_writes_that_were_issued() => Histories.Sample(history =>
    {
        var run = Run(history);
        return run.Sets.All(set => set.Versions.All(v => set.Context.Covers(v.Dot)) && set.Context.Beyond.All(d => run.Writes.Any(w => w.Dot == d)));
    });

    [Fact]
    public void Encoding_and_decoding_change_nothing() => Histories.Sample(history => Run(history).Sets.All(set =>
    {
        var row = ReplicaRowCodec.Decode(ReplicaRowCodec.Encode(new ReplicaRow(7, set)));
        return row.OwnEpoch == 7 && row.Set.SameAs(set) && row.Set.Fingerprint() == set.Fingerprint()
            && row.Set.Versions.Zip(set.Versions).All(p => p.First.Nonce == p.Second.Nonce && p.First.Value!.Value.Span.SequenceEqual(p.Second.Value!.Value.Span));
    }));

    [Fact]
    public void Any_cut_or_flipped_row_is_refused_or_read_but_never_crashes() => Gen.Select(Histories, Gen.Int[0, 1000], Gen.Byte).Sample((history, at, flip) =>
    {
        var bytes = ReplicaRowCodec.Encode(new ReplicaRow(7, Run(history).Sets[0]));
        _ = ReplicaRowCodec.TryDecode(bytes.AsMemory(0, at % bytes.Length));
        bytes[at % bytes.Length] ^= flip;
        _ = ReplicaRowCodec.TryDecode(bytes);
    });

    [Fact]
    public void Two_tries_of_one_write_merge_as_one_on_every_replica()
    {
        var (first, second) = (At(1, 1, nonce: 9), At(2, 1, nonce: 9));
        var a = VersionSet.Empty.Write(first, CausalContext.Empty);
        var b = VersionSet.Empty.Write(second, CausalContext.Empty);
        Assert.Equal([first.Dot], a.Merge(b).Versions.Select(v => v.Dot));
        Assert.True(a.Merge(b).SameAs(b.Merge(a)));
        Assert.True(a.Merge(b).Merge(b).SameAs(a.Merge(b)));
    }

    [Fact]
    public void A_context_with_a_gap_does_not_cover_the_gap()
    {
        var known = CausalContext.Empty.With(At(1, 1).Dot).With(At(1, 3).Dot);
        Assert.True(known.Covers(At(1, 1).Dot) && known.Covers(At(1, 3).Dot) && !known.Covers(At(1, 2).Dot));
        Assert.Empty(known.With(At(1, 2).Dot).Beyond);
    }

    private static Version At(ulong actor, ulong counter, ulong nonce = 0) => new(
        new Dot(new Actor(actor, 1), counter), nonce == 0 ? new UInt128(actor, counter) : nonce, DateTimeOffset.UnixEpoch, "text/plain", 1,
        new byte[] { (byte)counter });

    // Each replica is an actor; its own row is the only place where its dots are issued, as under an ETag.
    private static (VersionSet[] Sets, List<(Dot Dot, CausalContext Seen)> Writes) Run((Kind Kind, int At, int Other)[] history)
    {
        var sets = Enumerable.Repeat(VersionSet.Empty, Replicas).ToArray();
        var writes = new List<(Dot Dot, CausalContext Seen)>();
        var own = new CausalContext[Replicas];
        Array.Fill(own, CausalContext.Empty);
        foreach (var (kind, at, other) in history)
        {
            if (kind == Kind.Merge)
            {
                sets[at] = sets[at].Merge(sets[other]);
                continue;
            }

            var seen = kind switch
            {
                Kind.WriteBlind => CausalContext.Empty,
                Kind.WriteAfterRead => sets[other].Context,
                _ => own[other],
            };
            var actor = new Actor((ulong)at + 1, 1);
            var version = At(actor.Incarnation, Math.Max(sets[at].Context.Last(actor), seen.Last(actor)) + 1);
            sets[at] = sets[at].Write(version, seen);
            writes.Add((version.Dot, seen));
            own[other] = CausalContext.Of(seen.Vector, seen.Beyond.Append(version.Dot));
        }

        return (sets, writes);
    }
}
