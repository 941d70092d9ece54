using CsCheck;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class SnowflakeLayoutLaws
{
    private static readonly Gen<(SnowflakeLayout Layout, long Position, int Datacenter, int Worker)> Packed =
        from layout in IdGen.Layout
        from milliseconds in Gen.Long[0, SnowflakeLayout.EndMilliseconds - 1]
        from sequence in Gen.Int[0, layout.PerMillisecond - 1]
        from datacenter in Gen.Int[0, layout.Datacenters - 1]
        from worker in Gen.Int[0, layout.Workers - 1]
        select (layout, layout.PositionOf(milliseconds) + sequence, datacenter, worker);

    [Fact]
    public void What_is_packed_unpacks() => Packed.Sample((layout, position, datacenter, worker) =>
    {
        var id = layout.At(position, layout.NodeBits(datacenter, worker));
        Assert.InRange(id.Value, 0, long.MaxValue);
        Assert.Equal((datacenter, worker, position & (layout.PerMillisecond - 1L)), (layout.DatacenterOf(id), layout.WorkerOf(id), (long)layout.SequenceOf(id)));
        Assert.Equal(layout.MillisecondsOf(position), layout.MillisecondsAt(layout.TimeOf(id)));
    });

    [Fact]
    public void Of_two_ids_the_later_is_the_greater_whoever_issued_them() => Gen.Select(Packed, Packed).Sample((a, b) =>
    {
        var (one, other) = (Id(a, a.Position), Id((a.Layout, 0, b.Datacenter % a.Layout.Datacenters, b.Worker % a.Layout.Workers), b.Position));
        return a.Layout.TimeOf(one) == a.Layout.TimeOf(other) || one < other == a.Layout.TimeOf(one) < a.Layout.TimeOf(other);
    });

    [Fact]
    public void Positions_of_one_worker_are_in_the_order_of_its_ids() => Gen.Select(Packed, Gen.Long[0, (1L << 44) - 1]).Sample((a, position) =>
        Math.Sign(Id(a, a.Position).CompareTo(Id(a, position))) == Math.Sign(a.Position.CompareTo(position)));

    [Fact]
    public void No_two_workers_and_positions_share_an_id() => Gen.Select(Packed, Packed).Sample((a, b) =>
    {
        var (datacenter, worker, position) = (b.Datacenter % a.Layout.Datacenters, b.Worker % a.Layout.Workers, b.Position % (1L << 44));
        var same = (a.Datacenter, a.Worker, a.Position) == (datacenter, worker, position);
        return same == (Id(a, a.Position) == a.Layout.At(position, a.Layout.NodeBits(datacenter, worker)));
    });

    [Theory]
    [InlineData(3, 7, 12, 1_000, 5, 99, 17, (1_000L << 22) + (5 << 19) + (99 << 12) + 17)]
    [InlineData(5, 5, 12, 1_000, 5, 19, 17, (1_000L << 22) + (5 << 17) + (19 << 12) + 17)]
    [InlineData(3, 7, 12, 0, 0, 0, 1, 1)]
    [InlineData(3, 7, 12, 1, 0, 0, 0, 4_194_304)]
    [InlineData(3, 7, 12, 60_000_000_000, 2, 1, 3, 251_658_240_001_052_675)]
    [InlineData(5, 5, 12, 60_000_000_000, 2, 1, 3, 251_658_240_000_266_243)]
    [InlineData(3, 7, 12, (1L << 41) - 1, 7, 127, 4_095, long.MaxValue)]
    [InlineData(5, 5, 12, (1L << 41) - 1, 31, 31, 4_095, long.MaxValue)]
    public void Golden_ids(int datacenterBits, int workerBits, int sequenceBits, long milliseconds, int datacenter, int worker, int sequence, long expected)
    {
        var layout = new SnowflakeLayout(IdGen.Epoch, datacenterBits, workerBits, sequenceBits);
        var id = layout.At(layout.PositionOf(milliseconds) + sequence, layout.NodeBits(datacenter, worker));
        Assert.Equal(expected, id.Value);
        Assert.Equal((datacenter, worker, sequence), (layout.DatacenterOf(id), layout.WorkerOf(id), layout.SequenceOf(id)));
        Assert.Equal(IdGen.Epoch.AddMilliseconds(milliseconds), layout.TimeOf(id));
    }

    [Fact]
    public void The_default_epoch_lasts_into_September_2094()
    {
        Assert.Equal(new DateTimeOffset(2094, 9, 7, 15, 47, 35, 552, TimeSpan.Zero), IdGen.Default.EndsAt);
        Assert.Equal((8, 128, 4_096), (IdGen.Default.Datacenters, IdGen.Default.Workers, IdGen.Default.PerMillisecond));
        Assert.Equal((32, 32, 4_096), (IdGen.Book.Datacenters, IdGen.Book.Workers, IdGen.Book.PerMillisecond));
    }

    [Fact]
    public void Layouts_that_pack_alike_have_one_name()
    {
        Assert.Equal("2025-01-01T00:00:00.000Z 3/7/12", IdGen.Default.Name);
        Assert.Equal(IdGen.Default.Name, new SnowflakeLayout(IdGen.Epoch.ToOffset(TimeSpan.FromHours(9)), 3, 7, 12).Name);
        Assert.NotEqual(IdGen.Default.Name, IdGen.Book.Name);
    }

    [Theory]
    [InlineData(3, 7, 11)]
    [InlineData(3, 7, 13)]
    public void Other_sums_of_bits_are_no_layout(int datacenterBits, int workerBits, int sequenceBits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SnowflakeLayout(IdGen.Epoch, datacenterBits, workerBits, sequenceBits));

    private static Snowflake Id((SnowflakeLayout Layout, long, int Datacenter, int Worker) a, long position) =>
        a.Layout.At(position & (a.Layout.PositionOf(SnowflakeLayout.EndMilliseconds) - 1), a.Layout.NodeBits(a.Datacenter, a.Worker));
}
