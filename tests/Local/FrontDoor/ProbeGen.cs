using CsCheck;
using Serverless.Local.FrontDoor;

namespace Serverless.Tests.Local.FrontDoor;

/// <summary>Rules and probes for laws.</summary>
internal static class ProbeGen
{
    public static Gen<ProbeRule> Rule { get; } = Gen.Select(Gen.Int[1, 8], Gen.Int[1, 8], Gen.Int[0, 2_000])
        .Select((one, other, latency) => ProbeRule.OfTemplate with { SampleSize = Math.Max(one, other), SuccessfulSamples = Math.Min(one, other), AdditionalLatencyMilliseconds = latency });

    public static Gen<ProbeSample> Sample { get; } = Gen.Select(Gen.Bool, Gen.Int[0, 3_000]).Select((good, took) => new ProbeSample(good, TimeSpan.FromMilliseconds(took)));

    /// <summary>An origin that was probed a few times, or never.</summary>
    public static Gen<ProbeWindow> Window { get; } = Gen.Select(Rule, Sample.List[0, 12]).Select(Probed);

    /// <summary>Some origins under one rule.</summary>
    public static Gen<ProbeWindow[]> Windows { get; } =
        Gen.Select(Rule, Sample.List[0, 12].Array[1, 6]).Select((rule, probes) => probes.Select(some => Probed(rule, some)).ToArray());

    public static ProbeWindow Probed(ProbeRule rule, IEnumerable<ProbeSample> samples) =>
        samples.Aggregate(new ProbeWindow(rule), (window, sample) => window.With(sample));
}
