using System.Security.Cryptography;
using System.Text;
using Serverless.Ring;

namespace Serverless.Tests.Ring;

/// <summary>
/// Data lies where these placements say, which a second implementation in another language confirmed. When one of them fails,
/// partitions of every deployed ring would move: put the code right, not the test.
/// </summary>
public class GoldenRingTests
{
    [Fact]
    public void SixNodesInThreeRegions_LieWhereTheyAlwaysLay()
    {
        RingNode[] nodes = [new("eu-1", "eu"), new("eu-2", "eu"), new("us-1", "us"), new("us-2", "us"), new("ap-1", "ap"), new("ap-2", "ap")];
        var ring = HashRing.Create(nodes, partitions: 8);
        var walks = Enumerable.Range(0, 8).Select(partition => string.Join(' ', ring.WalkIds(partition)));
        Assert.Equal(
            [
                "eu-2 ap-2 us-2 us-1 eu-1 ap-1",
                "eu-1 ap-2 us-1 ap-1 eu-2 us-2",
                "ap-1 us-1 eu-2 eu-1 us-2 ap-2",
                "ap-1 us-2 eu-1 ap-2 eu-2 us-1",
                "us-1 ap-1 eu-2 us-2 ap-2 eu-1",
                "ap-1 eu-2 us-2 us-1 ap-2 eu-1",
                "us-1 eu-1 ap-2 us-2 ap-1 eu-2",
                "ap-2 eu-1 us-2 us-1 eu-2 ap-1",
            ],
            walks);
    }

    [Fact]
    public void HundredNodesOfAllWeights_LieWhereTheyAlwaysLay()
    {
        var nodes = Enumerable.Range(0, 100).Select(i => new RingNode($"node-{i}", $"region-{i % 7}", 1 + i * 97 % 1000));
        var ring = HashRing.Create(nodes, partitions: 1000, copies: 5);
        var walks = string.Join('\n', Enumerable.Range(0, 1000).Select(partition => string.Join(' ', ring.WalkIds(partition))));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(walks)));
        Assert.Equal("03c196bb5b50df9edab81abe153324a2613e8272f87b4659ef385841bb22b482", fingerprint);
    }
}
