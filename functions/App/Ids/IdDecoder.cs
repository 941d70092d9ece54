using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>What an id tells of itself.</summary>
/// <param name="Id">As it was given.</param>
/// <param name="Strategy">The one that issued it; "sequence" for a number of a ticket or multi-master sequence, which tells nothing else.</param>
/// <param name="Time">When it was issued, in UTC, by the clock of its generator.</param>
/// <param name="Datacenter">The number of the region.</param>
/// <param name="Region">Its name, if the region is known.</param>
/// <param name="Worker">The worker id.</param>
/// <param name="Sequence">The place in its millisecond.</param>
public sealed record DecodedId(
    string Id, string Strategy, DateTimeOffset? Time = null, int? Datacenter = null, string? Region = null, int? Worker = null, int? Sequence = null);

/// <summary>Reads ids.</summary>
public sealed class IdDecoder(SnowflakeLayout layout, ClusterViews views)
{
    /// <summary>What the id tells; null when no strategy writes such ids.</summary>
    public async ValueTask<DecodedId?> DecodeAsync(string id, CancellationToken cancellationToken)
    {
        if (Guid.TryParseExact(id, "D", out var uuid))
        {
            return Uuid7Generator.TimeOf(uuid) is { } time ? new DecodedId(id, "uuid7", time)
                : Uuid4.Is(uuid) ? new DecodedId(id, "uuid4")
                : null;
        }

        if (!Snowflake.TryParse(id, out var flake))
            return null;
        if (flake.Value < Allocator.EndOfNumbers)
            return new DecodedId(id, "sequence");

        var datacenter = layout.DatacenterOf(flake);
        var region = await views.GetAsync(cancellationToken) is { } view ? view.Document.Regions.ElementAtOrDefault(datacenter) : null;
        return new DecodedId(id, "snowflake", layout.TimeOf(flake), datacenter, region, layout.WorkerOf(flake), layout.SequenceOf(flake));
    }
}
