using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>Who is there, a register each.</summary>
public sealed class PresenceStore
{
    private readonly Documents<PresenceRecord> _people;

    internal PresenceStore(StrictRegisters registers, ReplicatedStore store) => _people = new Documents<PresenceRecord>("chatpresence", registers, store);

    /// <summary>Null when too few replicas answered.</summary>
    internal async Task<PresenceRecord?> OfAsync(string user, CancellationToken cancellationToken) =>
        await _people.ReadAsync(user, cancellationToken) is DocumentRead<PresenceRecord>.Held(var record) ? record ?? PresenceRecord.Blank : null;

    internal Task<DocumentChange<PresenceRecord>> ChangeAsync(string user, Func<PresenceRecord, PresenceRecord> change, CancellationToken cancellationToken) =>
        _people.ChangeAsync(user, before => change(before ?? PresenceRecord.Blank) is var after && ReferenceEquals(after, PresenceRecord.Blank) ? null : after, cancellationToken);
}
