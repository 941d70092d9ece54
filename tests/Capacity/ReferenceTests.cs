using Microsoft.Azure.Functions.Worker;
using NCrontab;
using Serverless.Capacity;
using Serverless.Tests.Contracts;

namespace Serverless.Tests.Capacity;

public class ReferenceTests
{
    [Fact]
    public void Powers_of_two_are_powers_of_two() =>
        Assert.Equal([1_024L, 1_048_576, 1_073_741_824, 1_099_511_627_776, 1_125_899_906_842_624], ReferenceBook.Current.Powers.Rows.Select(row => row.Bytes));

    [Theory]
    [InlineData(99, 315_360, 26_280, 864)]
    [InlineData(99.9, 31_536, 2_628, 86.4)]
    [InlineData(99.99, 3_153.6, 262.8, 8.64)]
    [InlineData(99.999, 315.36, 26.28, 0.864)]
    public void The_nines_allow_so_many_seconds(double percent, double year, double month, double day) =>
        Assert.Equal(new Nine((decimal)percent, (decimal)year, (decimal)month, (decimal)day), ReferenceBook.Current.Nines.Rows.Single(row => row.Percent == (decimal)percent));

    [Fact]
    public void Latencies_go_from_the_shortest_to_the_longest() =>
        Assert.Equal(ReferenceBook.Current.Latencies.Rows.OrderBy(row => row.Nanoseconds), ReferenceBook.Current.Latencies.Rows);

    [Fact]
    public void All_data_names_its_source()
    {
        var book = ReferenceBook.Current;
        Assert.All(book.ServiceLevels.Concat(book.Limits).Concat(book.Prices.Rows).Concat(book.Assumptions), row => Assert.False(string.IsNullOrWhiteSpace(row.Source), row.Name));
        Assert.All(book.Recipes, recipe => Assert.NotEmpty(recipe.Source));
        Assert.All([book.Powers.Source, book.Latencies.Source, book.Nines.Source, book.Prices.AsOf, book.Prices.Region], Assert.NotEmpty);
        Assert.Distinct(book.Prices.Rows.Select(row => row.Name));
    }

    // What is estimated of the timers is what their schedules say.
    [Fact]
    public void Timers_fire_as_often_as_estimates_assume()
    {
        var (from, options) = (new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), new CrontabSchedule.ParseOptions { IncludingSeconds = true });
        var firings = AppFunctions.Timers.Sum(method =>
            CrontabSchedule.Parse(AppFunctions.TriggerOf<TimerTriggerAttribute>(method).Schedule, options).GetNextOccurrences(from, from.AddDays(1)).Count());
        Assert.InRange(Assumptions.Timers.Value, firings / 1_440m * 0.99m, firings / 1_440m * 1.01m);
    }
}
