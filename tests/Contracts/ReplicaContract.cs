using Serverless.Replication;
using Serverless.Tests.Replication;

namespace Serverless.Tests.Contracts;

/// <summary>What every replica promises, whatever lies below: the model of the other tests and the real tables are held to the same.</summary>
public abstract class ReplicaContract
{
    private const string Partition = "00a1";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>An empty replica.</summary>
    private protected abstract Task<IReplica> CreateAsync();

    [Fact]
    public async Task A_row_that_was_never_written_is_missing() =>
        Assert.IsType<RowRead.Missing>(await (await CreateAsync()).ReadAsync(Partition, "kv.none", Cancelled));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(600_000)]
    public async Task A_row_reads_back_as_it_was_written_with_the_etag_of_the_commit(int length)
    {
        var replica = await CreateAsync();
        var data = Bytes(length);
        var etag = await DoneAsync(replica, new RowChange.Insert("kv.a", data));
        var row = await RowAsync(replica, "kv.a");
        Assert.Equal((etag, true), (row.ETag, row.Data.Span.SequenceEqual(data)));
    }

    [Fact]
    public async Task A_row_that_exists_is_not_inserted_again()
    {
        var replica = await CreateAsync();
        await DoneAsync(replica, new RowChange.Insert("kv.a", Bytes(1)));
        Assert.IsType<RowCommit.Refused>(await CommitAsync(replica, new RowChange.Insert("kv.a", Bytes(2))));
        Assert.Equal(1, (await RowAsync(replica, "kv.a")).Data.Length);
    }

    [Fact]
    public async Task A_row_is_replaced_only_at_its_etag_and_shrinks_whole()
    {
        var replica = await CreateAsync();
        var first = await DoneAsync(replica, new RowChange.Insert("kv.a", Bytes(200_000)));
        await DoneAsync(replica, new RowChange.Replace("kv.a", Bytes(3), first));
        Assert.IsType<RowCommit.Refused>(await CommitAsync(replica, new RowChange.Replace("kv.a", Bytes(4), first)));
        Assert.Equal(3, (await RowAsync(replica, "kv.a")).Data.Length);
        Assert.IsType<RowCommit.Refused>(await CommitAsync(replica, new RowChange.Replace("kv.none", Bytes(4), first)));
    }

    [Fact]
    public async Task A_row_is_deleted_only_at_its_etag_or_at_any()
    {
        var replica = await CreateAsync();
        var old = await DoneAsync(replica, new RowChange.Insert("kv.a", Bytes(1)));
        await DoneAsync(replica, new RowChange.Put("kv.a", Bytes(2)));
        Assert.IsType<RowCommit.Refused>(await CommitAsync(replica, new RowChange.Delete("kv.a", old)));
        await DoneAsync(replica, new RowChange.Delete("kv.a"));
        Assert.IsType<RowRead.Missing>(await replica.ReadAsync(Partition, "kv.a", Cancelled));
        Assert.IsType<RowCommit.Refused>(await CommitAsync(replica, new RowChange.Delete("kv.a")));
    }

    [Fact]
    public async Task A_transaction_is_all_or_nothing_and_answers_an_etag_per_change()
    {
        var replica = await CreateAsync();
        var done = Assert.IsType<RowCommit.Done>(await CommitAsync(
            replica, new RowChange.Insert("kv.a", Bytes(1)), new RowChange.Put("kv-v.a.1", Bytes(70_000))));
        Assert.Equal([(await RowAsync(replica, "kv.a")).ETag, (await RowAsync(replica, "kv-v.a.1")).ETag], done.ETags);

        Assert.IsType<RowCommit.Refused>(await CommitAsync(
            replica, new RowChange.Put("kv.b", Bytes(1)), new RowChange.Insert("kv.a", Bytes(2))));
        Assert.IsType<RowRead.Missing>(await replica.ReadAsync(Partition, "kv.b", Cancelled));
        Assert.Equal(1, (await RowAsync(replica, "kv.a")).Data.Length);
    }

    [Fact]
    public async Task A_list_is_in_ordinal_order_between_its_bounds_and_not_longer_than_asked()
    {
        var replica = await CreateAsync();
        foreach (var name in new[] { "kv.b", "kv.-", "kv-v.x", "kv._", "kv.A", "kv.0", "kw.a" })
            await DoneAsync(replica, new RowChange.Insert(name, Bytes(1)));
        Assert.Equal(["kv.-", "kv.0", "kv.A", "kv._", "kv.b"], await NamesAsync(replica, "kv.", "kv/", 100));
        Assert.Equal(["kv.0", "kv.A"], await NamesAsync(replica, "kv.0", "kv/", 2));
    }

    [Fact]
    public async Task A_row_says_when_the_storage_wrote_it()
    {
        var replica = await CreateAsync();
        var before = TimeProvider.System.GetUtcNow();
        await DoneAsync(replica, new RowChange.Put("kv.a", Bytes(1)));
        var etag = await DoneAsync(replica, new RowChange.Put("kv.a", Bytes(2)));
        var after = TimeProvider.System.GetUtcNow();
        var row = await RowAsync(replica, "kv.a");
        Assert.Equal(etag, row.ETag);
        // Azurite's clock ticks in milliseconds; the digits it writes below them are made up, so a time may lie in the tick's other half.
        var tick = TimeSpan.FromMilliseconds(1);
        Assert.InRange(row.Written, before - tick, after + tick);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static Task<RowCommit> CommitAsync(IReplica replica, params RowChange[] changes) => replica.CommitAsync(Partition, changes, Cancelled);

    private static async Task<string> DoneAsync(IReplica replica, RowChange change) =>
        Assert.IsType<RowCommit.Done>(await CommitAsync(replica, change)).ETags[0];

    private static async Task<Row> RowAsync(IReplica replica, string name) =>
        Assert.IsType<RowRead.Found>(await replica.ReadAsync(Partition, name, Cancelled)).Row;

    private static async Task<IEnumerable<string>> NamesAsync(IReplica replica, string from, string to, int limit) =>
        Assert.IsType<RowList.Page>(await replica.ListAsync(Partition, from, to, limit, Cancelled)).Rows.Select(r => r.Name);
}

/// <summary>The strict in-memory store.</summary>
public class MemoryReplicaContract : ReplicaContract
{
    private protected override Task<IReplica> CreateAsync() => Task.FromResult<IReplica>(new MemoryReplica());
}
