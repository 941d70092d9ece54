using Serverless.Ids;

namespace Serverless.Bench.Ids;

/// <summary>A generator under test; a struct, so that nothing virtual is measured with it.</summary>
internal interface IIssuer
{
    bool TryNext(out Snowflake id);
}

/// <summary>The room's.</summary>
internal readonly struct Ours(SnowflakeGenerator generator) : IIssuer
{
    public bool TryNext(out Snowflake id) => generator.TryNext(out id);
}

/// <summary>The textbook's.</summary>
internal readonly struct Locked(LockedGenerator generator) : IIssuer
{
    public bool TryNext(out Snowflake id) => generator.TryNext(out id);
}
