namespace Serverless.Replication;

/// <summary>Where a key lies.</summary>
/// <param name="Key">The key.</param>
/// <param name="Partition">Its partition, in hexadecimal.</param>
/// <param name="Epoch">Of the ring that says so.</param>
/// <param name="Owners">In preference order.</param>
public sealed record KeyPlacement(string Key, string Partition, int Epoch, IReadOnlyList<KeyOwner> Owners);

/// <param name="Node">The node's id.</param>
/// <param name="Region">Where it lies.</param>
/// <param name="Votes">False while the node is being refilled.</param>
/// <param name="Answered">Whether it answered just now.</param>
/// <param name="Versions">Concurrent versions it holds; null when it did not answer.</param>
/// <param name="Fingerprint">Equal on owners that agree; null when it did not answer or knows nothing of the key.</param>
public sealed record KeyOwner(string Node, string Region, bool Votes, bool Answered, int? Versions, string? Fingerprint);
