using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Kv;

/// <summary>What every request on a key carries, parsed once; <see cref="Refusal"/> is set when something of it is wrong.</summary>
internal sealed class KvRequest
{
    public const string CausalityHeader = "X-Causality";

    private KvRequest()
    {
    }

    public ReplicaKey Key { get; private set; } = null!;

    /// <summary>What a read asks of the replicas.</summary>
    public QuorumRules Read { get; private set; } = QuorumRules.Default;

    /// <summary>What a write asks of the replicas.</summary>
    public QuorumRules Write { get; private set; } = QuorumRules.Default;

    /// <summary>The operation must be linearizable: asked for, or a write with a condition.</summary>
    public bool IsStrict { get; private set; }

    /// <summary>What must be stored for a write to happen.</summary>
    public KvCondition Condition { get; private set; } = KvCondition.None;

    /// <summary>What the client says it has seen; null when it says nothing.</summary>
    public CausalContext? Seen { get; private set; }

    public IResult? Refusal { get; private set; }

    public static KvRequest Parse(HttpRequest request, string routeKey, IOptions<ReplicationOptions> options)
    {
        var parsed = new KvRequest();
        parsed.Refusal = parsed.ReadKey(routeKey)
            ?? parsed.ReadQuorums(request, options.Value.Copies)
            ?? parsed.ReadSloppy(request)
            ?? parsed.ReadSeen(request)
            ?? parsed.ReadConsistency(request)
            ?? parsed.ReadCondition(request);
        return parsed;
    }

    private IResult? ReadKey(string routeKey)
    {
        var (key, refusal) = KvKey.Parse(routeKey);
        Key = key!;
        return refusal is null ? null : Problems.BadRequest("bad-key", refusal);
    }

    private IResult? ReadQuorums(HttpRequest request, int copies)
    {
        foreach (var name in new[] { "r", "w" })
        {
            if (!request.Query.TryGetValue(name, out var values))
                continue;
            if (!int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var quorum) || quorum < 1 || quorum > copies)
                return Problems.BadRequest("bad-quorum", $"{name}={values} is not a number from 1 to {copies}, the copies kept of each key.");
            if (name == "r")
                Read = Read with { Needed = quorum };
            else
                Write = Write with { Needed = quorum };
        }

        return null;
    }

    private IResult? ReadSloppy(HttpRequest request)
    {
        if (!request.Query.TryGetValue("sloppy", out var value))
            return null;
        if (!bool.TryParse(value.ToString(), out var sloppy))
            return Problems.BadRequest("bad-quorum", $"sloppy={value} is neither true nor false.");
        (Read, Write) = (Read with { Sloppy = sloppy }, Write with { Sloppy = sloppy });
        return null;
    }

    private IResult? ReadSeen(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(CausalityHeader, out var token))
            return null;
        Seen = CausalityToken.TryRead(Key, token.ToString());
        Read = Read with { AtLeast = Seen };
        return Seen is null
            ? Problems.BadRequest("bad-causality", $"{CausalityHeader} is not a token that this store gave for this key: read the key and send back the one it answers.")
            : null;
    }

    private IResult? ReadConsistency(HttpRequest request)
    {
        if (!request.Query.TryGetValue("consistency", out var value))
            return null;
        IsStrict = value == "strict";
        return IsStrict || value == "eventual" ? null : Problems.BadRequest("bad-consistency", $"consistency={value} is neither strict nor eventual.");
    }

    // Never answered as if what cannot be honoured had been.
    private IResult? ReadCondition(HttpRequest request)
    {
        var writes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        if (writes && KvCondition.TryRead(request) is var condition)
        {
            if (condition is null)
                return Problems.BadRequest("bad-condition", "If-Match and If-None-Match are lists of entity tags in quotation marks, or *.");
            Condition = condition;
        }

        if (!Condition.IsEmpty && request.Query["consistency"] == "eventual")
            return Problems.BadRequest("bad-consistency", "A write with If-Match or If-None-Match is strict; an eventual one cannot hold to a condition.");
        IsStrict |= !Condition.IsEmpty;
        if (IsStrict && (request.Query.ContainsKey("r") || request.Query.ContainsKey("w") || request.Query.ContainsKey("sloppy")))
            return Problems.BadRequest("bad-quorum", "A strict operation needs a majority of the key's owners: r, w and sloppy do not apply to it.");
        return IsStrict && writes && Seen is not null
            ? Problems.BadRequest("bad-condition", $"A strict write replaces what is stored: it takes If-Match with an ETag, not {CausalityHeader}.")
            : null;
    }
}
