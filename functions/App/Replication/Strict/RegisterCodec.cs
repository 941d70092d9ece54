using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Serverless.Replication;

/// <summary>The part of a row that belongs to its register, as bytes: both ballots, then the value when there is one.</summary>
internal static class RegisterCodec
{
    public static void Write(ArrayBufferWriter<byte> writer, RegisterState register)
    {
        WriteBallot(writer, register.Promised);
        WriteBallot(writer, register.Accepted);
        if (register.Value is not { } value)
            return;

        ReplicaRowCodec.WriteFixed128(writer, value.Nonce);
        ReplicaRowCodec.WriteNumber(writer, (ulong)value.WrittenAt.ToUnixTimeMilliseconds());
        ReplicaRowCodec.WriteNumber(writer, (ulong)value.Before.Length);
        foreach (var nonce in value.Before)
            ReplicaRowCodec.WriteFixed128(writer, nonce);
        ReplicaRowCodec.WriteNumber(writer, value.Value is { } held ? (ulong)held.Length + 1 : 0);
        if (value.Value is not { } bytes)
            return;
        var type = Encoding.UTF8.GetBytes(value.ContentType ?? "");
        ReplicaRowCodec.WriteNumber(writer, (ulong)type.Length);
        writer.Write(type);
        writer.Write(bytes.Span);
    }

    /// <exception cref="InvalidDataException">The bytes are no register.</exception>
    public static RegisterState Read(ref ReplicaRowCodec.Reader reader)
    {
        var (promised, accepted) = (ReadBallot(ref reader), ReadBallot(ref reader));
        if (accepted == Ballot.None)
            return new RegisterState(promised, accepted, null);

        var nonce = reader.Fixed128();
        var writtenAt = DateTimeOffset.FromUnixTimeMilliseconds((long)reader.Number());
        var count = reader.Number();
        if (count > RegisterValue.MostBefore)
            throw new InvalidDataException("A register claims to remember more writes than any does.");
        var before = ImmutableArray.CreateBuilder<UInt128>((int)count);
        for (; count > 0; count--)
            before.Add(reader.Fixed128());
        var length = (int)reader.Number() - 1;
        if (length < 0)
            return new RegisterState(promised, accepted, new RegisterValue(nonce, writtenAt, null, null, before.MoveToImmutable()));
        var type = Encoding.UTF8.GetString(reader.Bytes((int)reader.Number()).Span);
        return new RegisterState(promised, accepted, new RegisterValue(nonce, writtenAt, type, reader.Bytes(length), before.MoveToImmutable()));
    }

    private static void WriteBallot(ArrayBufferWriter<byte> writer, Ballot ballot)
    {
        ReplicaRowCodec.WriteFixed64(writer, ballot.Round);
        ReplicaRowCodec.WriteFixed64(writer, ballot.Proposer);
    }

    private static Ballot ReadBallot(ref ReplicaRowCodec.Reader reader) => new(reader.Fixed64(), reader.Fixed64());
}
