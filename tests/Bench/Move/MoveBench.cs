using System.Globalization;
using Serverless.Local.Cloud;
using Serverless.Replication;

namespace Serverless.Bench.Move;

/// <summary>
/// The ring grows by two nodes and shrinks by one under load: three regions of two nodes, the replication of a stamp in each with its timers, 20,000 keys, 16 writers that never rest. Everything shares one machine.
/// </summary>
internal static class MoveBench
{
    /// <summary>Azurite scans a whole table for each listing; with the default of 256 the run takes a quarter of an hour.</summary>
    public const int Partitions = 64;

    private const int Keys = 20_000;
    private const int Writers = 16;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(string[] args)
    {
        var clock = TimeProvider.System;
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        await using var first = new MoveInstance(cloud.Addresses, cloud.Regions[0]);
        await using var second = new MoveInstance(cloud.Addresses, cloud.Regions[1]);
        await using var third = new MoveInstance(cloud.Addresses, cloud.Regions[2]);
        var writers = new MoveWriters([first.Get<ReplicatedStore>(), second.Get<ReplicatedStore>(), third.Get<ReplicatedStore>()], Writers, Keys, clock);

        await writers.FillAsync();
        writers.Start();
        await Task.Delay(Calm / 6, clock);
        var before = await writers.PerSecondAsync(() => Task.Delay(Calm, clock));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Keys} keys on {cloud.Nodes.Count} nodes; {Writers} writers, before anything moves: {before:0} writes a second"));

        var (during, beyond) = (new List<double>(), 0);
        var membership = first.Get<Membership>();
        foreach (var (name, begin) in new (string, Func<Task<MembershipResult>>)[]
        {
            ("local-1-c joins", () => membership.PutAsync(new NodeRequest("local-1-c"), CancellationToken.None)),
            ("local-2-c joins", () => membership.PutAsync(new NodeRequest("local-2-c"), CancellationToken.None)),
            ("local-3-b leaves", () => membership.RemoveAsync("local-3-b", CancellationToken.None)),
        })
        {
            var moved = await MoveAsync(name, first, begin, writers, clock);
            during.Add(moved.PerSecond);
            beyond = Math.Max(beyond, moved.Beyond);
        }

        var after = await writers.PerSecondAsync(() => Task.Delay(Calm / 3, clock));
        await writers.StopAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after: {after:0} writes a second; {writers.Acknowledged} acknowledged in all, {writers.Refused} not"));

        var ratios = new Ratios();
        ratios.AtMost("move.lost", await writers.LostAsync(), 0);
        ratios.AtMost("move.partitions.beyond.least", beyond, 1);
        ratios.AtLeast("move.throughput.during.vs.before", during.Min() / before, 0.5);
        Console.WriteLine("""
            "During" is the worst of the three moves, counted only while data is copied, compared and dropped; the waits between, in which nothing moves, are left out. The least possible is
            what the ring after the move puts on the node that comes, or took from the one that goes. Movers, writers and the storage share the machine's processors.
            """);
        return ratios.ExitCode;
    }

    private static async Task<(double PerSecond, int Beyond)> MoveAsync(string name, MoveInstance instance, Func<Task<MembershipResult>> begin, MoveWriters writers, TimeProvider clock)
    {
        var (views, store) = (instance.Get<ClusterViews>(), instance.Get<ClusterStore>());
        var from = await DocumentAsync(store);
        if (await begin() is not MembershipResult.Changed)
            throw new InvalidOperationException($"{name} is refused.");

        var (startedAt, worked, written) = (clock.GetTimestamp(), TimeSpan.Zero, 0L);
        var (at, count, busy) = (clock.GetTimestamp(), writers.Acknowledged, false);
        var last = default(MoveProgress);
        while (true)
        {
            await Task.Delay(Look, clock);
            var progress = await views.RefreshAsync(CancellationToken.None) is { } view ? await MoveProgress.ReadAsync(view, CancellationToken.None) : last;

            // From the first partition on which the mover works until the last is done.
            if (busy)
                (worked, written) = (worked + clock.GetElapsedTime(at), written + writers.Acknowledged - count);
            (at, count) = (clock.GetTimestamp(), writers.Acknowledged);
            if (progress is null)
                break;
            busy = progress is { IsComplete: false, Done: > 0 };
            last = progress;
            if (clock.GetElapsedTime(startedAt) > MoveLimit)
                throw new InvalidOperationException($"{name} does not end: {progress}");
        }

        var to = await DocumentAsync(store);
        var (moved, least) = Moved(from, to);
        var perSecond = written / worked.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-16} {clock.GetElapsedTime(startedAt).TotalSeconds:0} s, of which {worked.TotalSeconds:0.0} s at work: {perSecond:0} writes a second; {moved} of {from.Partitions * from.Copies} copies moved, least possible {least}"));
        return (perSecond, moved - least);
    }

    private static (int Moved, int Least) Moved(ClusterDocument from, ClusterDocument to)
    {
        var (before, after) = (from.ToRing(), to.ToRing());
        var node = before.Nodes.Select(n => n.Id).Except(after.Nodes.Select(n => n.Id)).Concat(after.Nodes.Select(n => n.Id).Except(before.Nodes.Select(n => n.Id))).Single();
        var (moved, least) = (0, 0);
        for (var partition = 0; partition < from.Partitions; partition++)
        {
            string[] old = [.. before.Owners(partition).ToArray().Select(owner => owner.Id)], now = [.. after.Owners(partition).ToArray().Select(owner => owner.Id)];
            moved += now.Except(old).Count();
            least += old.Contains(node) || now.Contains(node) ? 1 : 0;
        }

        return (moved, least);
    }

    private static async Task<ClusterDocument> DocumentAsync(ClusterStore store) =>
        await store.LoadAsync(CancellationToken.None) ?? throw new InvalidOperationException("Too few nodes tell the membership.");
}
