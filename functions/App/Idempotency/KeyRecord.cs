using System.Buffers.Binary;
using Serverless.Replication;

namespace Serverless.Idempotency;

/// <summary>What the register of a key holds: that a request is being carried out, or its answer.</summary>
/// <param name="Fingerprint">Of the request: the key is bound to it until <paramref name="Expires"/>.</param>
/// <param name="Owner">Random; names the run that may store the answer.</param>
/// <param name="MarkEnd">Without an answer by then, that run is lost, and the next request of the same fingerprint runs in its place.</param>
/// <param name="Expires">When all this is forgotten.</param>
/// <param name="Answer">Null while it is being carried out.</param>
internal sealed record KeyRecord(string Fingerprint, ulong Owner, DateTimeOffset MarkEnd, DateTimeOffset Expires, KeptAnswer? Answer)
{
    private const string ContentType = "application/octet-stream";
    private const int LengthBytes = 4;

    /// <summary>Null when the register holds nothing, or nothing that this version can read.</summary>
    public static KeyRecord? Of(RegisterValue? register)
    {
        if (register?.Value is not { Length: >= LengthBytes } bytes)
            return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.Span);
        if (length < 0 || length > bytes.Length - LengthBytes || RowJson.TryDecode<KeyRecord>(bytes.Slice(LengthBytes, length)) is not { } record)
            return null;
        return record.Answer is { } answer ? record with { Answer = answer with { Body = bytes[(LengthBytes + length)..] } } : record;
    }

    /// <summary>As a register holds it: its length and itself as JSON, then the answer's body. An answer that is too long for a register stays out, except for its status.</summary>
    public RegisterWrite ToWrite()
    {
        var (head, body) = (RowJson.Encode(this), Answer?.Body ?? default);
        if (LengthBytes + head.Length + body.Length > StrictRegisters.MaxValueBytes)
            return (this with { Answer = Answer!.WithoutContent() }).ToWrite();
        var bytes = new byte[LengthBytes + head.Length + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, head.Length);
        head.CopyTo(bytes, LengthBytes);
        body.CopyTo(bytes.AsMemory(LengthBytes + head.Length));
        return new RegisterWrite(ContentType, bytes);
    }

    /// <summary>What a request finds.</summary>
    /// <param name="held">What the register holds.</param>
    /// <param name="fingerprint">Of the request.</param>
    /// <param name="now">When it asks.</param>
    public static KeyState StateOf(KeyRecord? held, string fingerprint, DateTimeOffset now) =>
        held is null || held.Expires <= now ? KeyState.Free
        : held.Fingerprint != fingerprint ? KeyState.Reused
        : held.Answer is not null ? KeyState.Answered
        : held.MarkEnd > now ? KeyState.InFlight
        : KeyState.Free;
}

/// <summary>What a request with a key finds.</summary>
internal enum KeyState
{
    /// <summary>Nobody has asked this, or the run that did is lost: it may run.</summary>
    Free,

    /// <summary>The same request is being carried out.</summary>
    InFlight,

    /// <summary>The key was used for another request.</summary>
    Reused,

    /// <summary>It was carried out.</summary>
    Answered,
}
