using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

public class IdsOptionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("DatacenterBits=10 WorkerBits=9 SequenceBits=3")]
    [InlineData("DatacenterBits=1 WorkerBits=1 SequenceBits=20")]
    [InlineData("DatacenterBits=5 WorkerBits=5")]
    [InlineData("LeaseSeconds=3 BorrowMilliseconds=0 CeilingMinutes=1")]
    [InlineData("LeaseSeconds=600 BorrowMilliseconds=2000 CeilingMinutes=1440")]
    [InlineData("Epoch=2026-05-19T00:00:00Z")]
    [InlineData("")]
    public void Within_the_bounds_it_starts(string settings) => Start(settings);

    [Theory]
    [InlineData("DatacenterBits=0 WorkerBits=9 SequenceBits=13", "DatacenterBits must be between 1 and 10")]
    [InlineData("DatacenterBits=11 WorkerBits=8 SequenceBits=3", "DatacenterBits must be between 1 and 10")]
    [InlineData("WorkerBits=0 SequenceBits=19", "WorkerBits must be between 1 and 9")]
    [InlineData("WorkerBits=10 SequenceBits=9", "WorkerBits must be between 1 and 9")]
    [InlineData("DatacenterBits=10 WorkerBits=10 SequenceBits=2", "SequenceBits must be between 3 and 20")]
    [InlineData("DatacenterBits=0 WorkerBits=1 SequenceBits=21", "SequenceBits must be between 3 and 20")]
    [InlineData("LeaseSeconds=2", "LeaseSeconds must be between 3 and 600")]
    [InlineData("LeaseSeconds=601", "LeaseSeconds must be between 3 and 600")]
    [InlineData("BorrowMilliseconds=-1", "BorrowMilliseconds must be between 0 and 2000")]
    [InlineData("BorrowMilliseconds=2001", "BorrowMilliseconds must be between 0 and 2000")]
    [InlineData("CeilingMinutes=0", "CeilingMinutes must be between 1 and 1440")]
    [InlineData("CeilingMinutes=1441", "CeilingMinutes must be between 1 and 1440")]
    [InlineData("DatacenterBits=5", "Ids: DatacenterBits 5, WorkerBits 7 and SequenceBits 12 must be 22 together.")]
    [InlineData("Epoch=2026-05-19T00:00:01Z", "Ids:Epoch is 2026-05-19T00:00:01.0000000+00:00: it must lie at least 13 days back.")]
    [InlineData("Epoch=2030-01-01T00:00:00Z", "it must lie at least 13 days back.")]
    [InlineData("Epoch=9999-12-31T00:00:00Z", "it must lie at least 13 days back.")]
    [InlineData("Epoch=1956-09-24T00:00:00Z", "41 bits of milliseconds have run out since.")]
    [InlineData("Epoch=0001-01-01T00:00:00Z", "41 bits of milliseconds have run out since.")]
    public void Beyond_them_start_up_stops_with_a_sentence(string settings, string sentence)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Start(settings));
        Assert.Contains(refusal.Failures, failure => failure.Contains(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void An_epoch_may_last_until_its_last_millisecond()
    {
        var last = Now - TimeSpan.FromMilliseconds(SnowflakeLayout.EndMilliseconds - 1);
        Assert.Null(new IdsOptions { Epoch = last }.Problem(Now));
        Assert.NotNull(new IdsOptions { Epoch = last - TimeSpan.FromMilliseconds(1) }.Problem(Now));
    }

    [Fact]
    public void No_snowflake_is_a_number_of_a_sequence()
    {
        Assert.Equal(Allocator.EndOfNumbers, IdGen.Default.At(IdGen.Default.PositionOf(SnowflakeLayout.FirstMilliseconds), 0).Value);
        Assert.True(SnowflakeLayout.FirstMilliseconds < IdsOptions.EpochAge.TotalMilliseconds);
    }

    private static void Start(string settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')).Select(s => KeyValuePair.Create($"Ids:{s[0]}", (string?)s[1]))).Build();
        using var services = new ServiceCollection().AddSingleton<TimeProvider>(new FakeTimeProvider(Now)).AddIds(configuration).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
    }
}
