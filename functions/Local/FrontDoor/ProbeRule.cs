using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Local.FrontDoor;

/// <summary>How a front door tells which origins are well: the template's rule, read from the file that the template reads too.</summary>
/// <param name="Path">What is asked of an origin.</param>
/// <param name="Method">With which method.</param>
/// <param name="IntervalSeconds">Time between two probes of an origin: at least 1.</param>
/// <param name="SampleSize">How many of its last probes count.</param>
/// <param name="SuccessfulSamples">How many of these must be good.</param>
/// <param name="AdditionalLatencyMilliseconds">How much slower than the fastest an origin may be and still get its share.</param>
internal sealed record ProbeRule(string Path, string Method, int IntervalSeconds, int SampleSize, int SuccessfulSamples, int AdditionalLatencyMilliseconds)
{
    /// <summary>That of infra/shared/probe.json.</summary>
    public static ProbeRule OfTemplate { get; } = Read();

    [JsonIgnore]
    public TimeSpan Interval => TimeSpan.FromSeconds(IntervalSeconds);

    [JsonIgnore]
    public TimeSpan AdditionalLatency => TimeSpan.FromMilliseconds(AdditionalLatencyMilliseconds);

    /// <summary>A probe that is not answered by then has failed: 5 s. The next ones do not wait for it.</summary>
    [JsonIgnore]
    public TimeSpan ProbeLimit { get; } = TimeSpan.FromSeconds(5);

    /// <summary>So many failed probes make an origin that was well unwell.</summary>
    [JsonIgnore]
    public int FailuresToFall => SampleSize - SuccessfulSamples + 1;

    /// <summary>The longest that an origin which answers nothing any more is taken for well: its last good probe was just before it died.</summary>
    [JsonIgnore]
    public TimeSpan LongestBlindness => FailuresToFall * Interval + ProbeLimit;

    public override string ToString() => $"{Method} {Path} every {IntervalSeconds} s, {SuccessfulSamples} of the last {SampleSize} must be good";

    private static ProbeRule Read()
    {
        using var file = typeof(ProbeRule).Assembly.GetManifestResourceStream("probe.json")!;
        return JsonSerializer.Deserialize<ProbeRule>(file, JsonSerializerOptions.Web)!;
    }
}
