using Serverless.Ring;

namespace Serverless.Tests.Ring;

public class RingRefusalTests
{
    private static readonly RingNode A = new("a", "r");

    public static TheoryData<RingNode[], int, int, int, string> Refused => new()
    {
        { [], 8, 3, 1, "nodes must be 1 to 256, and there are 0." },
        { [.. Enumerable.Range(0, 257).Select(i => new RingNode($"n{i}", "r"))], 8, 3, 1, "nodes must be 1 to 256, and there are 257." },
        { [A, A with { Region = "s" }], 8, 3, 1, "id 'a' is given to more than one node." },
        { [A, null!], 8, 3, 1, "nodes must not hold null." },
        { [A with { Id = "" }], 8, 3, 1, "id of a node must be 1 to 64 ASCII letters, digits, '-', '.' or '_', and is ''." },
        { [A with { Id = "é" }], 8, 3, 1, "id of a node must be 1 to 64 ASCII letters, digits, '-', '.' or '_', and is 'é'." },
        { [A with { Region = "a b" }], 8, 3, 1, "region of node 'a' must be 1 to 64 ASCII letters, digits, '-', '.' or '_', and is 'a b'." },
        { [A with { Weight = 0 }], 8, 3, 1, "weight of node 'a' must be 1 to 1000, and is 0." },
        { [A with { Weight = 1001 }], 8, 3, 1, "weight of node 'a' must be 1 to 1000, and is 1001." },
        { [A], 0, 3, 1, "partitions must be 1 to 65536, and is 0." },
        { [A], 65_537, 3, 1, "partitions must be 1 to 65536, and is 65537." },
        { [A], 8, 0, 1, "copies must be 1 to 7, and is 0." },
        { [A], 8, 8, 1, "copies must be 1 to 7, and is 8." },
        { [A], 8, 3, 0, "epoch must be 1 or more, and is 0." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Create_BrokenRule_IsRefusedWithASentence(RingNode[] nodes, int partitions, int copies, int epoch, string sentence)
    {
        Assert.Equal((null, sentence), HashRing.TryCreate(nodes, partitions, copies, epoch));
        Assert.Equal(sentence, Assert.Throws<ArgumentException>(() => HashRing.Create(nodes, partitions, copies, epoch)).Message);
    }

    [Fact]
    public void Changes_ThatCannotBe_AreRefusedWithASentence()
    {
        var ring = HashRing.Create([A], partitions: 8);
        Assert.Equal("id 'a' is given to more than one node.", Assert.Throws<ArgumentException>(() => ring.Join(A)).Message);
        Assert.Equal("nodes must be 1 to 256, and there are 0.", Assert.Throws<ArgumentException>(() => ring.Leave("a")).Message);
        Assert.Equal("id 'b' is not a node of this ring.", Assert.Throws<ArgumentException>(() => ring.Leave("b")).Message);
        Assert.Equal("id 'b' is not a node of this ring.", Assert.Throws<ArgumentException>(() => ring.Reweigh("b", 1)).Message);
    }
}
