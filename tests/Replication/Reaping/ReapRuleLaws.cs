using CsCheck;
using Serverless.Replication;
using Version = Serverless.Replication.Version;

namespace Serverless.Tests.Replication.Reaping;

public class ReapRuleLaws
{
    private static readonly DateTimeOffset Before = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Ballot Old = new((ulong)Before.ToUnixTimeMilliseconds() - 1, 7);
    private static readonly Ballot Ahead = new((ulong)Before.ToUnixTimeMilliseconds(), 7);

    private static readonly Gen<DateTimeOffset> Times = Gen.Long[-100_000, 100_000].Select(milliseconds => Before.AddMilliseconds(milliseconds));
    private static readonly Gen<Ballot> BallotsAround = Gen.Select(Gen.Int[-2, 2], Gen.ULong, (off, proposer) => new Ballot((ulong)(Before.ToUnixTimeMilliseconds() + off), proposer));
    private static readonly Gen<VersionSet> Sets = Gen.Select(Gen.Bool, Times).Array[0, 4].Select(versions => versions.Select((v, i) => At(i, v.Item1, v.Item2))
        .Aggregate(VersionSet.Empty, (set, version) => set.Write(version, CausalContext.Empty)));
    private static readonly Gen<RegisterState?> Registers = Gen.Select(Gen.Int[0, 3], BallotsAround, BallotsAround, Times, (kind, promised, accepted, writtenAt) => kind switch
    {
        0 => null,
        1 => RegisterState.Blank with { Promised = promised },
        _ => new RegisterState(promised, accepted, Value(deleted: kind == 2, writtenAt)),
    });

    [Fact]
    public void A_row_is_over_when_all_in_it_is_deleted_and_its_storage_and_its_ballots_say_that_it_is_old() =>
        Gen.Select(Sets, Registers, Times).Sample((set, register, written) =>
            ReapRule.IsOver(new ReplicaRow(0, set, register), written, Before) == (
                written < Before
                && set.Versions.All(version => version.IsTombstone)
                && (register is null || (register.Value?.IsDeleted != false && IsOld(register.Promised) && IsOld(register.Accepted)))));

    [Fact]
    public void What_is_over_stays_over_while_nothing_changes() => Gen.Select(Sets, Registers, Times, Gen.Long[0, 100_000]).Sample((set, register, written, later) =>
        !ReapRule.IsOver(new ReplicaRow(0, set, register), written, Before) || ReapRule.IsOver(new ReplicaRow(0, set, register), written, Before.AddMilliseconds(later)));

    [Fact]
    public void The_clock_of_a_coordinator_makes_a_tombstone_neither_old_nor_young() => Gen.Select(Times, Times).Sample((coordinator, storage) =>
        ReapRule.IsOver(new ReplicaRow(0, VersionSet.Empty.Write(At(0, true, coordinator), CausalContext.Empty)), storage, Before) == storage < Before);

    // One acceptor that kept it would win with it against all that is written after the reaping.
    [Fact]
    public void A_register_with_a_ballot_from_a_clock_that_was_ahead_is_remembered_until_that_time_comes()
    {
        var written = Before.AddDays(-1);
        Assert.True(IsOver(Old, Old));
        Assert.False(IsOver(Ahead, Old));
        Assert.False(IsOver(Ahead, Ahead));
        Assert.True(ReapRule.IsOver(Row(Ahead, Ahead), written, Before.AddMilliseconds(1)));
        Assert.False(ReapRule.IsOver(new ReplicaRow(0, VersionSet.Empty, RegisterState.Blank with { Promised = Ahead }), written, Before));

        bool IsOver(Ballot promised, Ballot accepted) => ReapRule.IsOver(Row(promised, accepted), written, Before);
        ReplicaRow Row(Ballot promised, Ballot accepted) => new(0, VersionSet.Empty, new RegisterState(promised, accepted, Value(deleted: true, written)));
    }

    private static bool IsOld(Ballot ballot) => ballot.Round < (ulong)Before.ToUnixTimeMilliseconds();

    private static Version At(int place, bool deleted, DateTimeOffset writtenAt) =>
        new(new Dot(new Actor(1, (ulong)place + 1), 1), (UInt128)place, writtenAt, deleted ? null : "", deleted ? -1 : 0, deleted ? null : Array.Empty<byte>());

    private static RegisterValue Value(bool deleted, DateTimeOffset writtenAt) =>
        new(1, writtenAt, deleted ? null : "", deleted ? default(ReadOnlyMemory<byte>?) : Array.Empty<byte>(), []);
}
