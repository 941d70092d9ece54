using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Serverless.Notifications;

/// <summary>
/// Which deliveries a chunk of recipients comes to: a register that is written once. Whoever expands the chunk again, after a crash or because the queue delivers twice, follows the plan that is
/// there, whatever devices have come or gone since: so each delivery has one name, and one batch.
/// </summary>
/// <param name="Deliveries">By carrier, in the order of the batches.</param>
internal sealed record ChunkPlan(ImmutableSortedDictionary<Carrier, ImmutableArray<PlannedDelivery>> Deliveries)
{
    /// <summary>The batches' names, with the deliveries of each.</summary>
    public IEnumerable<(BatchName Name, PlannedDelivery[] Deliveries)> Batches(ChunkName chunk) => Deliveries.SelectMany(
        planned => planned.Value.Chunk(Batch.MostDeliveries).Select((some, number) => (new BatchName(chunk, planned.Key, number), some)));
}

/// <summary>One delivery of a plan. Its names are short where it is stored: 100 recipients may have 2,000 devices.</summary>
/// <param name="Recipient">The number of the notification's recipient.</param>
/// <param name="Device">Which of their devices; null for what goes to none.</param>
/// <param name="Suppressed">Why it is not sent; null when it is.</param>
/// <param name="NotBefore">Quiet hours: when they end; null when it need not wait.</param>
internal sealed record PlannedDelivery(
    [property: JsonPropertyName("r")] int Recipient,
    [property: JsonPropertyName("d")] string? Device = null,
    [property: JsonPropertyName("s")] string? Suppressed = null,
    [property: JsonPropertyName("n")] DateTimeOffset? NotBefore = null);
