namespace Serverless.Ids;
public sealed class Uuid7Generator(TimeProvider clock, Random random)
{
    public void Fill(Span<Guid> ids) { ids.Fill(Guid.CreateVersion7(clock.GetUtcNow())); _ = random; }
    public static DateTimeOffset? TimeOf(Guid id) => id.Version == 7 ? DateTimeOffset.UnixEpoch : null;
}
public static class Uuid4
{
    public static void Fill(Span<Guid> ids, Random random) { foreach (ref var id in ids) { var b = new byte[16]; random.NextBytes(b); id = new Guid(b); } }
    public static bool Is(Guid id) => id.Version == 4;
}
