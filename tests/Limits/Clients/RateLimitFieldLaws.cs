using CsCheck;
using Serverless.Limits;

namespace Serverless.Tests.Limits.Clients;

public class RateLimitFieldLaws
{
    private static readonly Gen<RateLimitItem> Items = Gen.Select(Gen.Long[0, 999_999_999_999_999], Gen.Long[0, 999_999_999_999_999]).Select((r, t) => new RateLimitItem(r, t));
    private static readonly Gen<string> Names = Gen.String[Gen.Char["abc;,=\\\" rt0"], 0, 8];
    private static readonly Gen<string> Noise = Gen.String[Gen.Char["\"\\;,= rt05*:?@()ä\t"], 0, 30];

    [Fact]
    public void What_was_written_is_read_whatever_policies_are_called() => Gen.Select(Items, Names).List[0, 5].Sample(written =>
        Assert.Equal(written.Select(w => w.Item1), RateLimitField.Parse(string.Join(", ", written.Select(w => Write(w.Item1, w.Item2))))));

    [Fact]
    public void Whatever_comes_nothing_is_thrown() => Noise.Sample(field => Assert.All(RateLimitField.Parse(field), item => Assert.True(item.Remaining >= 0)));

    [Fact]
    public void Noise_beside_an_item_does_not_hide_it() => Gen.Select(Items, Noise).Sample((item, noise) =>
        Assert.Contains(item, RateLimitField.Parse(Write(item, "a") + "," + noise)));

    [Theory]
    [InlineData("\"default\";r=50;t=30", 50L, 30L)]
    [InlineData("default;r=50", 50L, null)]
    [InlineData("  \"default\" ; r=50;\tt=30  ", 50L, 30L)]
    [InlineData("\"default\";pk=:cHNzc3Q=:;t=30;r=50", 50L, 30L)]
    [InlineData("\"default\";r=1;r=50;t=x", 50L, null)]
    public void An_item_says_what_remains_and_for_how_long(string field, long remaining, long? reset) =>
        Assert.Equal([new RateLimitItem(remaining, reset)], RateLimitField.Parse(field));

    private static string Write(RateLimitItem item, string name) =>
        $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\";r={item.Remaining};t={item.Reset}";
}
