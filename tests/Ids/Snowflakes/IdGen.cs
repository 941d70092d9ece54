using CsCheck;
using Serverless.Ids;

namespace Serverless.Tests.Ids;

/// <summary>Random ids and layouts.</summary>
internal static class IdGen
{
    public static readonly DateTimeOffset Epoch = new IdsOptions().Epoch;

    /// <summary>Any id.</summary>
    public static readonly Gen<Snowflake> Flake = Gen.Long[1, long.MaxValue].Select(value => new Snowflake(value));

    /// <summary>Every layout that options allow: 22 bits together.</summary>
    public static readonly Gen<SnowflakeLayout> Layout = Gen.Select(Gen.Int[1, 10], Gen.Int[1, 9])
        .Select((datacenter, worker) => new SnowflakeLayout(Epoch, datacenter, worker, 22 - datacenter - worker));

    public static SnowflakeLayout Default => new(Epoch, 3, 7, 12);

    /// <summary>As the book has it (System Design Interview, chapter 7).</summary>
    public static SnowflakeLayout Book => new(Epoch, 5, 5, 12);
}
