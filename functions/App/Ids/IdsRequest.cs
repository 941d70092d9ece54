using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Serverless.Http;

namespace Serverless.Ids;

/// <summary>The ways to issue ids.</summary>
public enum IdStrategy
{
    /// <summary>63 bits that sort by time (<see cref="Ids.Snowflake"/>).</summary>
    Snowflake,

    /// <summary>128 bits that sort by time (RFC 9562, version 7).</summary>
    Uuid7,

    /// <summary>122 random bits (RFC 9562, version 4).</summary>
    Uuid4,

    /// <summary>Numbers of one sequence for all regions.</summary>
    Ticket,

    /// <summary>Numbers of one sequence that each region counts by itself, in steps.</summary>
    Multimaster,
}

/// <summary>What a request asks for.</summary>
/// <param name="Strategy">How; default snowflake.</param>
/// <param name="Count">How many: 1 to 10,000, default 1.</param>
/// <param name="Name">Of the sequence, for ticket and multimaster: 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'; default "default".</param>
public sealed record IdsRequest(IdStrategy Strategy, int Count, string Name)
{
    public const int MostIds = 10_000;
    public const int LongestName = 64;
    private const string DefaultName = "default";

    /// <summary>The names of all strategies, as callers write them.</summary>
    public static readonly IReadOnlyList<string> Strategies = [.. Enum.GetNames<IdStrategy>().Select(name => name.ToLowerInvariant())];

    /// <summary>The request, or what is wrong with it.</summary>
    public static (IdsRequest? Request, IResult? Refusal) Parse(IQueryCollection query)
    {
        var count = 1;
        var isCount = !query.TryGetValue("count", out var counts) || int.TryParse(One(counts), NumberStyles.None, CultureInfo.InvariantCulture, out count);
        if (!isCount || count is < 1 or > MostIds)
            return (null, Problems.BadRequest("bad-count", $"count must be a number from 1 to {MostIds}, given once."));

        var strategy = query.TryGetValue("strategy", out var strategies) ? Strategies.ToList().IndexOf(One(strategies) ?? "") : 0;
        if (strategy < 0)
            return (null, Problems.BadRequest("bad-strategy", $"strategy must be one of {string.Join(", ", Strategies)}, given once."));

        var isNamed = query.TryGetValue("name", out var names);
        if (isNamed && (IdStrategy)strategy is not (IdStrategy.Ticket or IdStrategy.Multimaster))
            return (null, Problems.BadRequest("bad-name", "Only the strategies ticket and multimaster have named sequences: leave name out."));
        var name = isNamed ? One(names) : DefaultName;
        return name is { Length: >= 1 and <= LongestName } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? (new IdsRequest((IdStrategy)strategy, count, name), null)
            : (null, Problems.BadRequest("bad-name", $"name must be 1 to {LongestName} of A-Z, a-z, 0-9, '.', '_' and '-', given once."));
    }

    private static string? One(StringValues values) => values.Count == 1 ? values[0] : null;
}
