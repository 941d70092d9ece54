using CsCheck;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

public class ReplicaKeyLaws
{
    private static readonly Gen<byte[]> Keys = Gen.Byte.Array[1, ReplicaKey.MaxBytes];

    [Fact]
    public void Row_names_are_ordered_as_their_keys_are() => Gen.Select(Keys, Keys).Sample((a, b) =>
        Math.Sign(string.CompareOrdinal(ReplicaKey.Encode(a), ReplicaKey.Encode(b))) == Math.Sign(a.AsSpan().SequenceCompareTo(b)));

    [Fact]
    public void Row_names_fit_every_table_and_hold_only_allowed_characters() => Keys.Sample(key =>
        ReplicaKey.Encode(key) is var name && name.Length <= 342 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    [Fact]
    public void The_longest_value_row_fits_too() => Assert.InRange(
        new ReplicaKey("kv", new string('x', ReplicaKey.MaxBytes)).ValueRow(new Dot(new Actor(ulong.MaxValue, ulong.MaxValue), ulong.MaxValue)).Length, 1, 512);
}
