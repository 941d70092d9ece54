using Microsoft.Extensions.Caching.Memory;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>What is known of notifications: as accepted, the plans of their chunks, their batches. Registers all of them.</summary>
public sealed class LedgerStore(StrictRegisters registers, ReplicatedStore store) : IDisposable
{
    /// <summary>Where notifications are kept as they were accepted.</summary>
    public const string Notifications = "notification";

    /// <summary>Where the plans of chunks are.</summary>
    public const string Plans = "notifyplan";

    /// <summary>Where batches are.</summary>
    public const string Batches = "notifybatch";

    private const int MostRemembered = 1_000;

    private readonly Documents<Notification> _notifications = new(Notifications, registers, store);
    private readonly Documents<ChunkPlan> _plans = new(Plans, registers, store);
    private readonly Documents<Batch> _batches = new(Batches, registers, store);
    private readonly MemoryCache _remembered = new(new MemoryCacheOptions { SizeLimit = MostRemembered });

    /// <summary>A notification; it never changes, so it is read once. Null value: none was accepted under this id.</summary>
    internal async Task<DocumentRead<Notification>> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (_remembered.TryGetValue<Notification>(id, out var known))
            return new DocumentRead<Notification>.Held(known);
        var read = await _notifications.ReadAsync(id, cancellationToken);
        if (read is DocumentRead<Notification>.Held { Value: { } notification })
            _remembered.Set(id, notification, new MemoryCacheEntryOptions { Size = 1 });
        return read;
    }

    /// <summary>Writes a notification unless there is one of its id, which stays.</summary>
    internal Task<DocumentChange<Notification>> AddAsync(Notification notification, CancellationToken cancellationToken) =>
        _notifications.ChangeAsync(notification.Id, there => there ?? notification, cancellationToken, exists: false);

    internal Task<DocumentRead<ChunkPlan>> ReadAsync(ChunkName chunk, CancellationToken cancellationToken) => _plans.ReadAsync(chunk.ToString(), cancellationToken);

    /// <summary>Writes a chunk's plan unless there is one, which stays.</summary>
    internal Task<DocumentChange<ChunkPlan>> AddAsync(ChunkName chunk, ChunkPlan plan, CancellationToken cancellationToken) =>
        _plans.ChangeAsync(chunk.ToString(), there => there ?? plan, cancellationToken, exists: false);

    internal Task<DocumentRead<Batch>> ReadAsync(BatchName batch, CancellationToken cancellationToken) => _batches.ReadAsync(batch.ToString(), cancellationToken);

    /// <summary>Writes a batch unless it is there already.</summary>
    internal Task<DocumentChange<Batch>> AddAsync(BatchName name, Batch batch, CancellationToken cancellationToken) =>
        _batches.ChangeAsync(name.ToString(), there => there ?? batch, cancellationToken, exists: false);

    /// <summary>Changes a batch that is there; the change leaves one alone that is not.</summary>
    internal Task<DocumentChange<Batch>> ChangeAsync(BatchName name, Func<Batch, Batch> change, CancellationToken cancellationToken) =>
        _batches.ChangeAsync(name.ToString(), batch => batch is null ? null : change(batch), cancellationToken, exists: true);

    public void Dispose() => _remembered.Dispose();
}
