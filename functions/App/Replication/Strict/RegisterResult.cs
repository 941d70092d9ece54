namespace Serverless.Replication;

/// <summary>What a register holds.</summary>
/// <param name="Value">The value in force; null when none was ever written strictly.</param>
/// <param name="Beside">Eventual versions of the same key that no strict write has seen.</param>
public sealed record RegisterContent(RegisterValue? Value, VersionSet Beside);

/// <summary>What a change makes of a register.</summary>
/// <param name="ContentType">At most 255 characters; null with a null value.</param>
/// <param name="Value">At most <see cref="StrictRegisters.MaxValueBytes"/> bytes; null deletes.</param>
public readonly record struct RegisterWrite(string? ContentType, ReadOnlyMemory<byte>? Value);

/// <summary>What became of an operation on a register.</summary>
public abstract record RegisterResult
{
    /// <summary>What it held at one moment during the operation: the answer of a read, or of a change that left it as it was.</summary>
    public sealed record Held(RegisterContent Content, IReadOnlyList<ReplicaAnswer> Answers) : RegisterResult;

    /// <summary>The change took effect, exactly once; what the register holds since.</summary>
    public sealed record Written(RegisterContent Content, IReadOnlyList<ReplicaAnswer> Answers) : RegisterResult;

    /// <summary>Nothing was written: the value has more bytes than a register holds.</summary>
    public sealed record TooLarge(int Bytes) : RegisterResult;

    /// <summary>No majority answered in time.</summary>
    /// <param name="Answered">Owners that did.</param>
    /// <param name="Needed">A majority.</param>
    /// <param name="MayTakeEffect">The change was on its way, and may still take effect; if not, nothing was changed.</param>
    public sealed record NoQuorum(int Answered, int Needed, bool MayTakeEffect) : RegisterResult;
}
