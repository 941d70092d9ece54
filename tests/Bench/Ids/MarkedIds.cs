using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.CompilerServices;
using Serverless.Ids;

namespace Serverless.Bench.Ids;

/// <summary>
/// Every id that many processes were issued, each one bit of a sparse file that all of them map, and what each lane of them counted. A bit is set the moment its id was
/// issued; whoever is killed has marked all but his last. Ids of other datacenters, workers or times than the file has room for are faults.
/// </summary>
public sealed class MarkedIds : IDisposable
{
    /// <summary>Bits of the layout that the file is for: 16 workers, so that killed ones' are soon wanted again.</summary>
    public const int DatacenterBits = 6, WorkerBits = 4, SequenceBits = 12;

    /// <summary>Lanes that there is room for.</summary>
    public const int Lanes = 256;

    /// <summary>Milliseconds that there is room for: those of the longest test, and of ids ahead of the clock.</summary>
    private const int Window = 120_000;

    private const int Workers = 1 << WorkerBits;
    private const int NodeBits = DatacenterBits + WorkerBits;
    private const int WordsOfLane = 8;
    private const long HeadWords = (long)Lanes * WordsOfLane;
    private const long WordsOfWorker = ((long)Window << SequenceBits) / 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly nint _start;
    private readonly long _first;

    /// <param name="path">The file; made where it is missing.</param>
    /// <param name="first">The first millisecond since the layout's epoch that there is room for.</param>
    public MarkedIds(string path, long first)
    {
        _first = first;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, (HeadWords + Workers * WordsOfWorker) * sizeof(long));
        _view = _file.CreateViewAccessor();
        _start = _view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)_view.PointerOffset;
    }

    /// <summary>Ids that the lanes counted.</summary>
    public long Issued => Counted(0).Sum();

    /// <summary>Faults that the lanes saw.</summary>
    public long Faults => Counted(1).Sum();

    /// <summary>Of each lane, the worker ids that it was issued ids of, as a bit mask.</summary>
    public IEnumerable<long> WorkersOfLanes => Counted(2);

    /// <summary>Bits that are set.</summary>
    public long Marked
    {
        get
        {
            var words = (Counted(3).Max() + 1) << (SequenceBits - 6);
            return Enumerable.Range(0, Workers).AsParallel().Sum(worker => MarkedOf(worker, words));
        }
    }

    /// <summary>Ids that a lane counted.</summary>
    public long IssuedOf(int lane) => Volatile.Read(ref Word(lane * WordsOfLane));

    /// <summary>Marks an id for a lane that only one thread uses. Null when it was new and in its place; else what is wrong.</summary>
    public string? Mark(int lane, Snowflake id)
    {
        // All 63 bits have their part in the place: what differs in any of them has another, or none.
        var (node, offset) = ((id.Value >> SequenceBits) & ((1 << NodeBits) - 1), (id.Value >> SnowflakeLayout.OtherBits) - _first);
        if (id.Value < 0 || node >= Workers || offset is < 0 or >= Window)
            return Fault(lane, $"outside of what is watched: {id}, {offset} ms after its start, node {node}");
        var (position, bit) = ((offset << SequenceBits) | (id.Value & ((1 << SequenceBits) - 1)), 1L << (int)(id.Value & 63));
        if ((Interlocked.Or(ref Word(HeadWords + node * WordsOfWorker + (position >> 6)), bit) & bit) != 0)
            return Fault(lane, $"issued twice: {id}, {offset} ms after the start, worker {node}");
        Word(lane * WordsOfLane)++;
        Word(lane * WordsOfLane + 2) |= 1L << (int)node;
        Word(lane * WordsOfLane + 3) = Math.Max(Word(lane * WordsOfLane + 3), offset);
        return null;
    }

    public string Fault(int lane, string sentence)
    {
        Word(lane * WordsOfLane + 1)++;
        return sentence;
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private IEnumerable<long> Counted(int word) => Enumerable.Range(0, Lanes).Select(lane => Volatile.Read(ref Word(lane * WordsOfLane + word)));

    private long MarkedOf(int worker, long words)
    {
        var marked = 0L;
        for (var word = 0; word < words; word++)
            marked += BitOperations.PopCount((ulong)Word(HeadWords + worker * WordsOfWorker + word));
        return marked;
    }

    // Shared memory has no other address that Interlocked takes.
    private ref long Word(long at) => ref Unsafe.AddByteOffset(ref Unsafe.NullRef<long>(), _start + (nint)(at * sizeof(long)));
}
