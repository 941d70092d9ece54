using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class Uuid7LayoutTests
{
    private static readonly DateTimeOffset Example = new(2022, 2, 22, 19, 22, 22, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Example);

    // RFC 9562, appendix A.6.
    [Fact]
    public void The_RFCs_example_tells_its_time() =>
        Assert.Equal(Example, Uuid7Generator.TimeOf(Guid.Parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")));

    [Theory]
    [InlineData("919108f7-52d1-4320-9bac-f847db4148a8", "version 4")]
    [InlineData("017f22e2-79b0-6cc3-98c4-dc0c0c07398f", "version 6")]
    [InlineData("017f22e2-79b0-7cc3-18c4-dc0c0c07398f", "the NCS variant")]
    [InlineData("017f22e2-79b0-7cc3-d8c4-dc0c0c07398f", "Microsoft's variant")]
    [InlineData("00000000-0000-0000-0000-000000000000", "nil")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff", "max")]
    [InlineData("e677d21f-dc00-7000-8000-000000000000", "the year 10000")]
    public void What_is_no_version_7_or_later_than_the_year_9999_has_no_time(string id, string why) =>
        Assert.True(Uuid7Generator.TimeOf(Guid.Parse(id)) is null, why);

    [Fact]
    public void The_year_9999_has_a_time() =>
        Assert.Equal(9999, Uuid7Generator.TimeOf(Guid.Parse("e677d21f-dbff-7000-8000-000000000000"))?.Year);

    [Fact]
    public void Ids_are_the_time_the_counter_and_what_was_drawn()
    {
        var random = new KnownBytes(first: 0, step: 1);
        var generator = new Uuid7Generator(_clock, random);
        var ids = new Guid[2];
        generator.Fill(ids);

        // The counter starts at the low 21 bits of the first eight bytes: 0x050607.
        Assert.Equal(["017f22e2-79b0-7141-a079-0a0b0c0d0e0f", "017f22e2-79b0-7141-a089-1a1b1c1d1e1f"], ids.Select(id => id.ToString()));
        Assert.Equal(1, random.Draws);
        Assert.Equal("017f22e2-79b0-7141-a099-2a2b2c2d2e2f", generator.Next().ToString());
        Assert.Equal(2, random.Draws);
    }

    [Theory]
    [InlineData(0x00, "017f22e2-79b0-7000-8000-000000000000")]
    [InlineData(0xFF, "017f22e2-79b0-77ff-bfff-ffffffffffff")]
    public void Every_bit_but_time_version_variant_and_the_counters_top_is_drawn(byte drawn, string id) =>
        Assert.Equal(id, new Uuid7Generator(_clock, new KnownBytes(drawn, step: 0)).Next().ToString());

    [Fact]
    public void Any_time_from_1970_to_2109_comes_back_to_the_millisecond() =>
        Gen.Select(Gen.Long[0, (1L << 42) - 1], Gen.Int).Sample((ms, seed) =>
        {
            var time = DateTimeOffset.UnixEpoch.AddMilliseconds(ms);
            var id = new Uuid7Generator(new FakeTimeProvider(time.AddTicks(9_999)), new Random(seed)).Next();
            return id.IsRfc(7) && id.Milliseconds() == ms && Uuid7Generator.TimeOf(id) == time;
        });

    [Theory]
    [InlineData(1960, 0)]
    [InlineData(2200, (1L << 42) - 1)]
    public void A_clock_out_of_range_counts_as_the_nearer_end(int year, long ms)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(ms, new Uuid7Generator(clock, new Random(1)).Next().Milliseconds());
    }

    [Fact]
    public void Two_generators_at_one_instant_share_the_time_and_nothing_else()
    {
        var (a, b) = (new Guid[1000], new Guid[1000]);
        new Uuid7Generator(_clock, new Random(1)).Fill(a);
        new Uuid7Generator(_clock, new Random(2)).Fill(b);
        Assert.NotEqual(a[0].Counter(), b[0].Counter());
        Assert.Empty(a.Select(id => id.Tail()).Intersect(b.Select(id => id.Tail())));
        Assert.Equal(2000, a.Concat(b).Select(id => id.Tail()).Distinct().Count());
    }
}
