namespace Serverless.Ids;

/// <summary>Issues ids by any strategy.</summary>
public sealed class IdIssuer
{
    private readonly SnowflakeSource _snowflakes;
    private readonly SequenceSource _sequences;
    private readonly Uuid7Generator _uuids;
    private readonly IdsMetrics _metrics;
    private readonly Random _random;

    internal IdIssuer(SnowflakeSource snowflakes, SequenceSource sequences, Uuid7Generator uuids, IdsMetrics metrics, Random random) =>
        (_snowflakes, _sequences, _uuids, _metrics, _random) = (snowflakes, sequences, uuids, metrics, random);

    public async ValueTask<IssuedIds> IssueAsync(IdsRequest request, CancellationToken cancellationToken)
    {
        switch (request.Strategy)
        {
            case IdStrategy.Snowflake:
                var flakes = new Snowflake[request.Count];
                return IssuedIds.Of(flakes, await _snowflakes.FillAsync(flakes, cancellationToken));
            case IdStrategy.Ticket:
                var tickets = new long[request.Count];
                return IssuedIds.Of(tickets, await _sequences.TicketsAsync(request.Name, tickets, cancellationToken));
            case IdStrategy.Multimaster:
                var numbers = new long[request.Count];
                return IssuedIds.Of(numbers, await _sequences.MastersAsync(request.Name, numbers, cancellationToken));
            case IdStrategy.Uuid7:
                var ordered = new Guid[request.Count];
                _uuids.Fill(ordered);
                _metrics.Issued("uuid7", ordered.Length);
                return IssuedIds.Of(ordered, null);
            default:
                var drawn = new Guid[request.Count];
                Uuid4.Fill(drawn, _random);
                _metrics.Issued("uuid4", drawn.Length);
                return IssuedIds.Of(drawn, null);
        }
    }
}

/// <summary>What became of a request.</summary>
public abstract record IssuedIds
{
    /// <summary>All of them, in order.</summary>
    public sealed record Issued<T>(T[] Ids) : IssuedIds
        where T : IUtf8SpanFormattable;

    /// <summary>None.</summary>
    public sealed record Refused(IdRefusal Why) : IssuedIds;

    public static IssuedIds Of<T>(T[] ids, IdRefusal? refusal)
        where T : IUtf8SpanFormattable => refusal is null ? new Issued<T>(ids) : new Refused(refusal);
}
