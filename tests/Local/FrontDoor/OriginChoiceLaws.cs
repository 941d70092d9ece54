using CsCheck;
using Serverless.Local.FrontDoor;

namespace Serverless.Tests.Local.FrontDoor;

public class OriginChoiceLaws
{
    [Fact]
    public void Somebody_always_gets_the_request() => ProbeGen.Windows.Sample(origins => OriginChoice.Of(origins).Count > 0);

    [Fact]
    public void The_unwell_get_requests_only_when_nobody_is_well() => ProbeGen.Windows.Sample(origins =>
        OriginChoice.Of(origins).All(place => origins[place].IsWell) || origins.All(origin => !origin.IsWell));

    [Fact]
    public void The_fastest_takes_part_and_nobody_who_is_slower_than_the_band_allows() => ProbeGen.Windows.Sample(origins =>
    {
        var chosen = OriginChoice.Of(origins).Select(place => origins[place]).ToList();
        var candidates = origins.Any(origin => origin.IsWell) ? origins.Where(origin => origin.IsWell) : origins;
        return candidates.Min(origin => origin.Latency) is not { } fastest
            || (chosen.Any(origin => origin.Latency == fastest) && chosen.TrueForAll(origin => origin.Latency is null || origin.Latency <= fastest + origin.Rule.AdditionalLatency));
    });

    [Fact]
    public void Whoever_is_well_and_within_the_band_takes_part() => ProbeGen.Windows.Sample(origins =>
    {
        var chosen = OriginChoice.Of(origins);
        var fastest = chosen.Min(place => origins[place].Latency) ?? TimeSpan.Zero;
        return Enumerable.Range(0, origins.Length)
            .Where(place => origins[place].IsWell && (origins[place].Latency is not { } latency || latency <= fastest + origins[place].Rule.AdditionalLatency))
            .All(chosen.Contains);
    });

    [Fact]
    public void Those_who_take_part_get_their_requests_in_turn()
    {
        var address = new Uri("http://127.0.0.1:1");
        var origins = new Origins([.. Enumerable.Range(1, 3).Select(number => new Origin($"local-{number}", address, ProbeRule.OfTemplate))]);
        for (var failures = 0; failures < ProbeRule.OfTemplate.FailuresToFall; failures++)
            origins.All[1].Note(new ProbeSample(false, TimeSpan.Zero));

        var regions = Enumerable.Range(0, 100).Select(_ => origins.Next().Region).CountBy(region => region).OrderBy(count => count.Key, StringComparer.Ordinal);

        Assert.Equal([new("local-1", 50), new("local-3", 50)], regions);
    }
}
