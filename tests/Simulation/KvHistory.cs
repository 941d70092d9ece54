using Serverless.Replication;

namespace Serverless.Tests.Simulation;

/// <summary>What clients did and saw, and what nodes stored; and the laws over it.</summary>
internal sealed class KvHistory
{
    private readonly Dictionary<(string Key, Dot Dot), UInt128> _issued = [];
    private readonly List<Write> _writes = [];
    private readonly HashSet<string> _reaped = [];

    public List<string> Broken { get; } = [];

    public int Acknowledged => _writes.Count(w => w.Acknowledged);

    public int Attempted => _writes.Count;

    /// <summary>Rows of deleted keys that a node forgot.</summary>
    public int Reaped { get; private set; }

    public Write Begin(string key, UInt128 nonce, CausalContext seen, bool deletes)
    {
        var write = new Write(key, nonce, seen, deletes);
        _writes.Add(write);
        return write;
    }

    /// <summary>Every row that any node stores passes here: no dot may name two writes.</summary>
    public void Stored(RowChange change)
    {
        if (change is RowChange.Delete && ReplicaKey.FromRow(change.Row) is { } forgotten)
        {
            Reaped++;
            _reaped.Add(forgotten.Text);
        }

        var data = change switch
        {
            RowChange.Insert(_, var inserted) => inserted,
            RowChange.Replace(_, var replaced, _) => replaced,
            _ => default,
        };
        if ((ReplicaKey.FromRow(change.Row) ?? HintNames.Parse(change.Row)?.Key) is not { } key || ReplicaRowCodec.TryDecode(data) is not { } row)
            return;
        foreach (var version in row.Set.Versions)
        {
            if (!_issued.TryAdd((key.Row, version.Dot), version.Nonce) && _issued[(key.Row, version.Dot)] != version.Nonce)
                Broken.Add($"dot {version.Dot} of {key.Text} names two writes");
        }
    }

    /// <summary>What owners had acknowledged before a read began must be in what owners answer to it, or known there as overwritten.</summary>
    public IReadOnlyList<Write> HeldByOwners(string key) => [.. _writes.Where(w => w.HeldByOwners && w.Key == key)];

    public void Read(string key, IReadOnlyList<Write> before, VersionSet answer)
    {
        foreach (var write in before)
        {
            if (!answer.Contains(write.Nonce) && !Dots(write).Any(answer.Context.Covers) && !MayBeForgotten(write))
                Broken.Add($"a read of {key} missed a write that was acknowledged before it began");
        }

        Overwritten(key, before, answer);
    }

    /// <summary>After everything has healed: the final answer for each key.</summary>
    public void Final(string key, VersionSet answer)
    {
        Kept(key, answer);
        if (!_reaped.Contains(key) && _writes.Exists(w => w.Acknowledged && w.Key == key && !answer.Context.Includes(w.Known)))
            Broken.Add($"a client was told that it knows of {key} what no replica will ever know");
    }

    /// <summary>What any quorum answers once no write is under way: all that was acknowledged, unless overwritten.</summary>
    public void Kept(string key, VersionSet answer)
    {
        foreach (var write in _writes.Where(w => w.Acknowledged && w.Key == key && !answer.Contains(w.Nonce)))
        {
            if (!IsOverwritten(write) && !MayBeForgotten(write))
                Broken.Add($"an acknowledged write of {key} is lost");
        }

        Overwritten(key, _writes.Where(w => w.Acknowledged && w.Key == key), answer);
    }

    private void Overwritten(string key, IEnumerable<Write> by, VersionSet answer)
    {
        if (answer.Versions.Any(version => by.Any(w => w.Nonce != version.Nonce && w.Seen.Covers(version.Dot))))
            Broken.Add($"a version of {key} that an acknowledged write overwrote has come back");
    }

    private bool IsOverwritten(Write write) => _writes.Any(other => other != write && other.Key == write.Key && Dots(write).Any(other.Seen.Covers));

    // A deletion, and what led to it: a value that nobody overwrote is never forgotten.
    private bool MayBeForgotten(Write write) => _reaped.Contains(write.Key) && (write.Deletes || IsOverwritten(write));

    private IEnumerable<Dot> Dots(Write write) =>
        _issued.Where(i => i.Value == write.Nonce).Select(i => i.Key.Dot).Concat(write.Known.Beyond).Concat(write.Known.Vector.Where(d => !write.Seen.Covers(d)));

    internal sealed class Write(string key, UInt128 nonce, CausalContext seen, bool deletes)
    {
        public string Key => key;

        public UInt128 Nonce => nonce;

        public CausalContext Seen => seen;

        public bool Deletes => deletes;

        public bool Acknowledged { get; private set; }

        /// <summary>Acknowledged, and not by nodes that stand in.</summary>
        public bool HeldByOwners { get; private set; }

        public CausalContext Known { get; private set; } = CausalContext.Empty;

        public void Acknowledge(WriteResult.Written written) =>
            (Acknowledged, Known, HeldByOwners) = (true, written.Context, written.Answers.All(answer => !answer.StandsIn));
    }
}
