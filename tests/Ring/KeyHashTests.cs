using System.Text;
using CsCheck;
using Serverless.Ring;

namespace Serverless.Tests.Ring;

public class KeyHashTests
{
    // The first three are published vectors of XXH3; the others cover each of its ways of taking longer input.
    [Theory]
    [InlineData("", 0x2D06800538D394C2)]
    [InlineData("a", 0xE6C632B61E964E1F)]
    [InlineData("abc", 0x78AF5F94892F3950)]
    [InlineData("user:42", 0x9FC1E605FA7174AA)]
    [InlineData("naïve/ключ/鍵", 0x3E7D8BA0594846F5)]
    [InlineData("0123456789abcdef0123456789abcdef", 0x01121D5B6C0AC055)]
    public void Of_KnownText_IsTheSameForEver(string text, ulong hash) => Assert.Equal(hash, KeyHash.Of(text));

    [Theory]
    [InlineData(200, 0x0CFC752B8BD78350)]
    [InlineData(256, 0x8307AA056341ACC0)]
    [InlineData(5000, 0x24717A6EBD965F26)]
    public void Of_LongText_IsTheSameForEver(int length, ulong hash) => Assert.Equal(hash, KeyHash.Of(new string('k', length)));

    [Fact]
    public void Of_Text_IsTheHashOfItsUtf8Bytes() =>
        Gen.String[0, 700].Sample(text => KeyHash.Of(text) == KeyHash.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void PartitionOf_AnyHash_IsInRangeAndInTheOrderOfHashes() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[1, HashRing.MaxPartitions]).Sample((a, b, partitions) =>
        {
            var (low, high) = (KeyHash.PartitionOf(Math.Min(a, b), partitions), KeyHash.PartitionOf(Math.Max(a, b), partitions));
            return low >= 0 && low <= high && high < partitions;
        });

    [Fact]
    public void PartitionOf_Ends_AreFirstAndLast()
    {
        Assert.Equal(0, KeyHash.PartitionOf(0, 10_000));
        Assert.Equal(9_999, KeyHash.PartitionOf(ulong.MaxValue, 10_000));
    }

    [Fact]
    public void PartitionOf_ManyKeys_SpreadsThemEvenly()
    {
        const int Keys = 100_000, Partitions = 100;
        var counts = new int[Partitions];
        for (var i = 0; i < Keys; i++)
            counts[KeyHash.PartitionOf(KeyHash.Of($"key-{i}"), Partitions)]++;

        // Five standard deviations of a fair throw.
        Assert.All(counts, count => Assert.InRange(count, 1000 - 160, 1000 + 160));
    }
}
