namespace Serverless.Ids;

/// <summary>UUIDs of version 4 (RFC 9562 §5.4): 122 random bits, in no order. As hard to guess as the Random that they are drawn from.</summary>
public static class Uuid4
{
    private const int Version = 4;

    /// <summary>Fills the batch, of any length, from one call of <see cref="Random.NextBytes(Span{byte})"/>.</summary>
    public static void Fill(Span<Guid> ids, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var drawn = UuidBits.Draw(ids, random);
        for (var i = 0; i < ids.Length; i++)
        {
            var (high, low) = UuidBits.Halves(drawn, i);
            ids[i] = UuidBits.Stamp(high, low, Version);
        }
    }

    /// <summary>Whether the id is of this version and of the RFC's variant.</summary>
    public static bool Is(Guid id) => UuidBits.HighOf(id, Version) is not null;
}
