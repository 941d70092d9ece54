using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Queues;

/// <summary>How the queues deliver, and which there are: queues.json, from which the infrastructure's template makes them in Azure and the local head takes what it imitates.</summary>
/// <param name="LockSeconds">How long a received message stays hidden unless its lock is renewed: 5 to 300.</param>
/// <param name="MaxDeliveryCount">Deliveries of one message before it becomes a dead letter: 1 to 2,000.</param>
/// <param name="LifeDays">How long a message waits before it becomes a dead letter; local messages wait for ever.</param>
/// <param name="DuplicateMinutes">For how long a second message of one id is dropped; no receiver relies on it, and the local head does not do it.</param>
/// <param name="Queues">Their names.</param>
public sealed record QueueSettings(int LockSeconds, int MaxDeliveryCount, int LifeDays, int DuplicateMinutes, FrozenSet<string> Queues)
{
    private static readonly JsonSerializerOptions Strictly = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public static QueueSettings Ours { get; } = Read();

    private static QueueSettings Read()
    {
        using var file = typeof(QueueSettings).Assembly.GetManifestResourceStream("queues.json")!;
        var read = JsonSerializer.Deserialize<Written>(file, Strictly)!;
        return new(read.LockSeconds, read.MaxDeliveryCount, read.LifeDays, read.DuplicateMinutes, read.Queues.ToFrozenSet(StringComparer.Ordinal));
    }

    private sealed record Written(int LockSeconds, int MaxDeliveryCount, int LifeDays, int DuplicateMinutes, string[] Queues);
}
