using System.Globalization;
using System.Net;
using Serverless.Local.Client;

namespace Serverless.Local.Demo;

/// <summary>A node joins the ring and leaves it again; the data moves while clients write, and nothing is lost.</summary>
internal sealed class RingScenes(TimeProvider clock)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Move = TimeSpan.FromMinutes(3);

    private readonly string _run = clock.GetUtcNow().ToUnixTimeSeconds().ToString("x", CultureInfo.InvariantCulture);
    private int _written;

    public Scene GrowsAndShrinks => new("The ring grows and shrinks", GrowsAndShrinksAsync);

    private async Task GrowsAndShrinksAsync(DemoStage stage)
    {
        // One that is only just being refilled has to be back first.
        await stage.UntilAsync(async () => await RingAsync(stage) is { Move: null }, Move);
        var before = await RingAsync(stage);
        if (before.Next(before.Nodes[0].Region) is not { } node)
        {
            stage.Say("every region has as many nodes as there can be");
            return;
        }

        using (var joins = await stage.PostJsonAsync("cluster/nodes", new { id = node }))
            stage.Check(joins.StatusCode == HttpStatusCode.Accepted, $"{node} is to join: {(int)joins.StatusCode}; first everybody must know, then data moves");
        await MoveAsync(stage);
        var grown = (await RingAsync(stage)).Partitions;
        stage.Check(grown.GetValueOrDefault(node) > 0, $"{node} owns {grown.GetValueOrDefault(node)} partitions, which others in its region have dropped");

        using (var leaves = await stage.DeleteAsync($"cluster/nodes/{node}"))
            stage.Check(leaves.StatusCode == HttpStatusCode.Accepted, $"{node} is to leave again: {(int)leaves.StatusCode}");
        await MoveAsync(stage);
        var shrunk = (await RingAsync(stage)).Partitions;
        stage.Check(
            !shrunk.ContainsKey(node) && shrunk.All(n => before.Partitions.GetValueOrDefault(n.Key) == n.Value), $"{node} is gone, and everybody owns what it owned before");
    }

    // Writes go on while data moves, and all that was acknowledged reads back when it has.
    private async Task MoveAsync(DemoStage stage)
    {
        var (refused, phase) = (0, default(string));
        var ended = await stage.UntilAsync(
            async () =>
            {
                var answers = await Task.WhenAll(Enumerable.Range(_written, AtOnce).Select(i => stage.PutAsync(Key(i), $"value {i}")));
                _written += AtOnce;
                refused += answers.Count(answer => answer.StatusCode != HttpStatusCode.NoContent);
                var ring = await RingAsync(stage);
                if (ring.Move is { } move && move.Phase != phase)
                    stage.Say($"{move}…");
                phase = ring.Move?.Phase;
                return ring.Move is null;
            },
            Move);
        stage.Check(ended && refused == 0, ended ? $"the move has ended; {_written} values were written while data moved, {refused} refused" : "the move did not end in time");
        var missing = 0;
        foreach (var some in Enumerable.Range(0, _written).Chunk(AtOnce))
            missing += (await Task.WhenAll(some.Select(i => stage.IsAsync(Key(i), $"value {i}")))).Count(there => !there);
        stage.Check(missing == 0, $"all {_written} read back");
    }

    private string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"demo-{_run}-moved-{i}");

    private static async Task<RingShape> RingAsync(DemoStage stage) => RingShape.Of(await stage.JsonAsync("cluster"));
}
