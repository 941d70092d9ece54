using CsCheck;
using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

public class EstimateLaws
{
    private static readonly Estimator Estimator = new(ReferenceBook.Current);

    [Fact]
    public void Every_formula_gives_its_value_when_a_reader_reckons_it() => LoadGen.Any.Sample(load =>
    {
        foreach (var (group, figure) in Estimator.Of(load).Groups.SelectMany(group => group.Figures.Select(figure => (group.Name, figure))))
        {
            var (left, right) = FormulaReader.Read(figure.Formula);
            Assert.Equal(figure.Value, right);
            var allowed = group == "Availability" && figure.Unit.Length == 0 ? 0.5e-12m : Math.Abs(figure.Value) * 0.5e-5m;
            Assert.True(Math.Abs(left - right) <= allowed, $"{figure.Name}: {figure.Formula}");
        }
    }, iter: 1_000);

    [Fact]
    public void Every_limit_gives_its_headroom_too() => LoadGen.Any.Sample(load =>
    {
        var estimate = Estimator.Of(load);
        Assert.Equal(estimate.Limits.OrderBy(one => one.Times), estimate.Limits);
        Assert.Equal(estimate.Limits.Where(one => one.Times < 10).Select(one => one.Limit), estimate.FirstAtTenfold);
        foreach (var limit in estimate.Limits)
            Assert.True(Math.Abs(FormulaReader.Read(limit.Formula).Left - limit.Times) <= limit.Times * 0.5e-5m, limit.Formula);
    });

    [Fact]
    public void Twice_the_users_are_twice_the_requests_and_the_storage() => LoadGen.Any.Sample(load =>
    {
        var (once, twice) = (Estimator.Of(load), Estimator.Of(Times(load, 2)));
        foreach (var (group, name) in new[] { ("Traffic", "requests"), ("Traffic", "requests at peak"), ("Storage", "tables: rows with all copies"), ("Storage", "blobs: media"), ("Bandwidth", "out") })
        {
            var (small, large) = (once.Of(group, name).Value, twice.Of(group, name).Value);
            Assert.True(Math.Abs(2 * small - large) <= large * 5e-5m, $"{name}: {small} and {large}");
        }
    });

    [Fact]
    public void A_greater_load_never_costs_less() => Gen.Select(LoadGen.Any, Gen.Int[2, 30]).Sample((load, times) =>
        Total(Estimator.Of(load)) <= Total(Estimator.Of(Times(load, times))));

    [Fact]
    public void More_of_anything_never_costs_less() => Gen.Select(LoadGen.Any.Where(load => load.Services.Count > 0), Gen.Int[0, 4]).Sample((load, what) =>
        Total(Estimator.Of(load)) <= Total(Estimator.Of(load with { Services = [.. load.Services.Select(one => More(one, what))] })));

    [Fact]
    public void A_greater_load_never_takes_less() => LoadGen.Any.Sample(load =>
    {
        var (once, twice) = (Estimator.Of(load), Estimator.Of(Times(load, 2)));
        Assert.True(once.Size.NodesPerRegion <= twice.Size.NodesPerRegion && once.Size.Units <= twice.Size.Units && once.Size.Memory <= twice.Size.Memory);
        Assert.True(once.Obstacles.Count <= twice.Obstacles.Count);
    });

    [Fact]
    public void Another_region_never_lowers_availability() => LoadGen.Any.Where(load => load.Regions.Count > 1).Sample(load =>
        Enumerable.Range(1, load.Regions.Count - 1).All(count =>
            Share(load with { Regions = [.. load.Regions.Take(count)] }) <= Share(load with { Regions = [.. load.Regions.Take(count + 1)] })));

    [Fact]
    public void An_availability_is_a_share_and_that_of_all_is_the_least_in_series() => LoadGen.Any.Sample(load =>
    {
        var shares = Estimator.Of(load).Groups.Single(group => group.Name == "Availability").Figures.Where(figure => figure.Unit.Length == 0).ToList();
        return shares.TrueForAll(figure => figure.Value is >= 0 and <= 1) && shares[^1].Value <= shares.Skip(1).Min(figure => figure.Value);
    });

    [Fact]
    public void The_greatest_load_that_may_be_asked_for_can_be_reckoned()
    {
        var services = Enum.GetNames<ServiceKind>().Select(name =>
            $"\"{name.ToLowerInvariant()}\": {{\"actionsPerUserPerDay\": 10000, \"bytesPerItem\": 100000000, \"readsPerWrite\": 10000, \"mediaShare\": 1, \"mediaBytes\": 1000000000}}");
        var read = LoadReader.Parse(
            $"{{\"users\": {{\"daily\": 10000000000}}, \"services\": {{{string.Join(", ", services)}}}, \"regions\": [{{\"location\": \"eastus\"}}, {{\"location\": \"brazilsouth\"}}], \"copies\": 7, \"peakFactor\": 100, \"retentionYears\": 100}}");
        Assert.NotEmpty(Estimator.Of(Assert.IsType<LoadReading.Read>(read).Load).Obstacles);
    }

    // Twice as many a day, or of twice as many a month.
    private static Load Times(Load load, int times) => load with { Users = load.Users with { Daily = load.Users.Daily * times, Monthly = load.Users.Monthly * times } };

    private static ServiceLoad More(ServiceLoad one, int what) => what switch
    {
        0 => one with { ActionsPerUserPerDay = one.ActionsPerUserPerDay * 3 },
        1 => one with { BytesPerItem = one.BytesPerItem + 1_000 },
        2 => one with { ReadsPerWrite = one.ReadsPerWrite + 1 },
        3 => one with { MediaShare = 1, MediaBytes = one.MediaBytes + 1 },
        _ => one with { ConnectedShare = one.Kind == ServiceKind.Chat ? 1 : 0 },
    };

    private static decimal Total(Estimate estimate) => estimate.Of("Cost of a month", "total").Value;

    private static decimal Share(Load load) => Estimator.Of(load).Of("Availability", "all in series").Value;
}
