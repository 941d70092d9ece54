using System.Threading.RateLimiting;

namespace Serverless.Limits;

/// <summary>Permits that were used. They come back with time, so there is nothing to return.</summary>
internal sealed class AdmittedLease : RateLimitLease
{
    public static readonly AdmittedLease Instance = new();

    private AdmittedLease()
    {
    }

    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }
}
