using Serverless.Replication;

namespace Serverless.Ids;

/// <summary>A worker id that this instance holds. Immutable.</summary>
/// <param name="Home">Where it is stored.</param>
/// <param name="Datacenter">The region's number.</param>
/// <param name="Worker">The worker id.</param>
/// <param name="Row">As stored.</param>
/// <param name="ETag">Of the row.</param>
/// <param name="Ceiling">What is known of <see cref="RegionRow.Ceiling"/>.</param>
/// <param name="From">The first millisecond that this lease may issue.</param>
internal sealed record WorkerLease(Home Home, int Datacenter, int Worker, WorkerRow Row, string ETag, long Ceiling, long From);

internal abstract record LeaseResult
{
    public sealed record Held(WorkerLease Lease) : LeaseResult;

    /// <summary>Another instance may have the worker id.</summary>
    public sealed record Lost : LeaseResult
    {
        public static readonly Lost Instance = new();
    }

    public sealed record Refused(IdRefusal Why) : LeaseResult;
}
