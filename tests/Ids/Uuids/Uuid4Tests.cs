using CsCheck;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class Uuid4Tests
{
    [Fact]
    public void Every_id_has_version_4_and_the_RFCs_variant_and_no_two_are_equal() =>
        Gen.Select(Gen.Int, Gen.Int[0, 300]).Sample((seed, count) =>
        {
            var ids = new Guid[count];
            Uuid4.Fill(ids, new Random(seed));
            return ids.All(id => id.IsRfc(4)) && ids.Distinct().Count() == count;
        });

    [Fact]
    public void The_bytes_drawn_are_the_ids_digits_but_for_version_and_variant()
    {
        var ids = new Guid[2];
        var random = new KnownBytes(first: 0, step: 1);
        Uuid4.Fill(ids, random);
        Assert.Equal(["00010203-0405-4607-8809-0a0b0c0d0e0f", "10111213-1415-4617-9819-1a1b1c1d1e1f"], ids.Select(id => id.ToString()));
        Assert.Equal(1, random.Draws);
    }

    [Theory]
    [InlineData(0x00, "00000000-0000-4000-8000-000000000000")]
    [InlineData(0xFF, "ffffffff-ffff-4fff-bfff-ffffffffffff")]
    public void The_122_other_bits_are_the_drawn_ones(byte drawn, string id)
    {
        var ids = new Guid[1];
        Uuid4.Fill(ids, new KnownBytes(drawn, step: 0));
        Assert.Equal(id, ids[0].ToString());
    }
}
