namespace Serverless.Ring;

/// <summary>What became of reading a ring's document.</summary>
public abstract record RingReading
{
    private RingReading()
    {
    }

    public sealed record Read(HashRing Ring) : RingReading;

    /// <param name="Why">A sentence that names the field.</param>
    public sealed record Refused(string Why) : RingReading;
}
