using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class SnowflakeTextLaws
{
    [Fact]
    public void What_is_written_reads_back() => IdGen.Flake.Sample(id =>
        Snowflake.TryParse(id.ToString(), out var read) && read == id && Snowflake.Parse(id.ToString()) == id && Snowflake.Parse(id.ToString().AsSpan()) == id);

    [Fact]
    public void It_is_written_alike_as_string_characters_and_bytes() => IdGen.Flake.Sample(id =>
    {
        Span<char> characters = stackalloc char[Snowflake.MaxDigits];
        Span<byte> bytes = stackalloc byte[Snowflake.MaxDigits];
        Assert.True(id.TryFormat(characters, out var written));
        Assert.True(id.TryFormat(bytes, out var encoded));
        Assert.Equal(id.ToString(), characters[..written].ToString());
        Assert.Equal(id.ToString(), Encoding.ASCII.GetString(bytes[..encoded]));
    });

    [Fact]
    public void The_order_of_ids_is_that_of_their_texts_of_fixed_width() => Gen.Select(IdGen.Flake, IdGen.Flake).Sample((a, b) =>
    {
        var order = Math.Sign(string.CompareOrdinal(a.ToString("D19"), b.ToString("D19")));
        Assert.Equal(order, Math.Sign(a.CompareTo(b)));
        Assert.True(a < b == order < 0 && a <= b == order <= 0);
        Assert.True(a > b == order > 0 && a >= b == order >= 0);
    });

    [Fact]
    public void Only_the_canonical_text_is_read() => Gen.String[Gen.Char["0123456789 +-,.eEx_\0\t\n٣３"], 0, 21].Sample(text =>
        Snowflake.TryParse(text, out var id) == (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 && $"{value}" == text)
        && (id == default || $"{id}" == text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("007")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\n")]
    [InlineData("1\0")]
    [InlineData("1\0\0")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("١٢٣")]
    [InlineData("１２３")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("abc")]
    public void No_other_text_is_an_id(string text)
    {
        Assert.False(Snowflake.TryParse(text, out _));
        Assert.False(Snowflake.TryParse(text, null, out _));
        Assert.Throws<FormatException>(() => Snowflake.Parse(text));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Snowflake>(JsonSerializer.Serialize(text)));
    }

    [Fact]
    public void The_least_and_the_greatest_are_read()
    {
        Assert.Equal(new Snowflake(1), Snowflake.Parse("1"));
        Assert.Equal(new Snowflake(long.MaxValue), Snowflake.Parse("9223372036854775807"));
        Assert.False(Snowflake.TryParse(null, null, out _));
    }

    [Fact]
    public void The_culture_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NegativeSign = "~", NumberGroupSeparator = "·", NativeDigits = ["٠", "١", "٢", "٣", "٤", "٥", "٦", "٧", "٨", "٩"], DigitSubstitution = DigitShapes.NativeNational } };
            Assert.Equal("0000000000001234567", new Snowflake(1_234_567).ToString("D19", CultureInfo.CurrentCulture));
            Assert.Equal(new Snowflake(1_234_567), Snowflake.Parse($"{new Snowflake(1_234_567)}", CultureInfo.CurrentCulture));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void In_JSON_it_is_a_string_both_ways() => IdGen.Flake.Sample(id =>
        JsonSerializer.Serialize(id) == $"\"{id}\"" && JsonSerializer.Deserialize<Snowflake>($"\"{id}\"") == id);

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[\"1\"]")]
    public void Nothing_else_in_JSON_is_an_id(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Snowflake>(json));
}
