using System.Text;
using Serverless.Replication;

namespace Serverless.Tests.Replication;

/// <summary>A cluster of strict in-memory nodes with switches for faults, and as many coordinators as a test wants.</summary>
internal sealed class MemoryCluster
{
    private readonly ClusterDocument _document;

    public MemoryCluster(int regions = 3, int nodesPerRegion = 2, TimeProvider? clock = null)
    {
        Clock = clock ?? TimeProvider.System;
        var random = new Random(42);
        var members = Enumerable.Range(1, regions).SelectMany(r => Enumerable.Range(1, nodesPerRegion).Select(
            n => new ClusterMember($"r{r}n{n}", $"r{r}", 100, (ulong)random.NextInt64(), $"r{r}n{n}", MemberState.Member))).ToList();
        _document = new ClusterDocument(1, 1, 64, 3, members);
        Memory = members.ToDictionary(m => m.Id, _ => new MemoryReplica());
        Faults = members.ToDictionary(m => m.Id, m => new FaultyReplica(Memory[m.Id]));
    }

    public TimeProvider Clock { get; }

    public IReadOnlyDictionary<string, MemoryReplica> Memory { get; }

    public IReadOnlyDictionary<string, FaultyReplica> Faults { get; }

    public ReplicationOptions Options { get; } = new() { CallMilliseconds = 200, OperationMilliseconds = 2_000 };

    /// <summary>A coordinator with a memory of its own, as another instance would be.</summary>
    public ReplicatedStore Coordinator(string region = "r1", int seed = 1)
    {
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var views = new ClusterViews(_ => Task.FromResult<ClusterDocument?>(_document), member => Faults[member.Id], region, Options, Clock);
        return new ReplicatedStore(views, options, Clock, new Random(seed));
    }

    /// <summary>The nodes that own the key, in preference order.</summary>
    public IReadOnlyList<string> Owners(ReplicaKey key)
    {
        var ring = _document.ToRing();
        return [.. ring.Owners(ring.PartitionOf(key.Bytes)).ToArray().Select(n => n.Id)];
    }

    public static ReplicaKey Key(string text) => new("kv", text);

    public static WriteIntent Intent(ReplicatedStore store, string? value, CausalContext? seen = null) => new(
        store.NewNonce(), seen ?? CausalContext.Empty, value is null ? null : "text/plain",
        value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(value), DateTimeOffset.UnixEpoch);

    public static async Task<CausalContext> PutAsync(
        ReplicatedStore store, string key, string? value, CausalContext? seen = null, int? needed = null)
    {
        var result = await store.WriteAsync(Key(key), Intent(store, value, seen), new QuorumRules(needed), TestContext.Current.CancellationToken);
        return Assert.IsType<WriteResult.Written>(result).Context;
    }

    public static async Task<VersionSet> GetAsync(ReplicatedStore store, string key, int? needed = null) =>
        Assert.IsType<ReadResult.Read>(await store.ReadAsync(Key(key), new QuorumRules(needed), TestContext.Current.CancellationToken)).Set;

    public static IReadOnlyList<string> Values(VersionSet set) =>
        [.. set.Versions.Select(v => v.IsTombstone ? "†" : Encoding.UTF8.GetString(v.Value!.Value.Span)).Order(StringComparer.Ordinal)];
}
