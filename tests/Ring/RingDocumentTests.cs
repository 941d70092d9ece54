using System.Text;
using CsCheck;
using Serverless.Ring;

namespace Serverless.Tests.Ring;

public class RingDocumentTests
{
    private const string Good = """{"epoch":4,"partitions":8,"copies":2,"nodes":[{"id":"a","region":"r","weight":100}]}""";

    [Fact]
    public void Write_Ring_IsTheDocumentedForm() =>
        Assert.Equal(Good, Encoding.UTF8.GetString(RingDocument.Write(HashRing.Create([new RingNode("a", "r")], 8, 2, 4))));

    [Fact]
    public void Read_WhatWasWritten_GivesTheSameRing() =>
        RingGen.Ring.Sample(
            ring =>
            {
                var read = Assert.IsType<RingReading.Read>(RingDocument.Read(RingDocument.Write(ring))).Ring;
                return read.Nodes.SequenceEqual(ring.Nodes)
                       && (read.Epoch, read.Partitions, read.Copies) == (ring.Epoch, ring.Partitions, ring.Copies);
            },
            print: RingGen.Print);

    [Theory]
    [InlineData("\"epoch\":4,", "", "epoch of the ring is missing.")]
    [InlineData("\"epoch\":4", "\"epoch\":4.5", "epoch of the ring must be a whole number.")]
    [InlineData("\"epoch\":4", "\"epoch\":0", "epoch must be 1 or more, and is 0.")]
    [InlineData("\"partitions\":8", "\"partitions\":\"8\"", "partitions of the ring must be a whole number.")]
    [InlineData("\"copies\":2", "\"copies\":8", "copies must be 1 to 7, and is 8.")]
    [InlineData("\"copies\":2", "\"copies\":2,\"colour\":1", "colour of the ring is not a known field.")]
    [InlineData("\"id\":\"a\"", "\"id\":null", "id of nodes[0] must be text.")]
    [InlineData(",\"weight\":100", "", "weight of nodes[0] is missing.")]
    [InlineData("\"weight\":100", "\"weight\":0", "weight of node 'a' must be 1 to 1000, and is 0.")]
    [InlineData("[{\"id\":\"a\",\"region\":\"r\",\"weight\":100}]", "{}", "nodes of the ring must be a list.")]
    [InlineData("[{\"id\":\"a\",\"region\":\"r\",\"weight\":100}]", "[1]", "nodes[0] must be an object.")]
    [InlineData(Good, "[]", "the ring must be an object.")]
    public void Read_BadDocument_IsRefusedWithASentenceThatNamesTheField(string good, string bad, string sentence) =>
        Assert.Equal(new RingReading.Refused(sentence), RingDocument.Read(Encoding.UTF8.GetBytes(Good.Replace(good, bad))));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"epoch":4,"epoch":5,"partitions":8,"copies":2,"nodes":[]}""")]
    public void Read_NotJson_IsRefused(string text) =>
        Assert.Matches("^The ring is not JSON: ", Assert.IsType<RingReading.Refused>(RingDocument.Read(Encoding.UTF8.GetBytes(text))).Why);

    [Fact]
    public void Read_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 200].Sample(bytes => RingDocument.Read(bytes) is RingReading.Refused);
}
