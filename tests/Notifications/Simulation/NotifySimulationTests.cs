using Serverless.Tests.Simulation;

namespace Serverless.Tests.Notifications;

public class NotifySimulationTests
{
    private const int Seeds = 150;
    private const int RecipientsEach = 20;
    private const int MostPoints = 2_000;

    [Fact]
    public void Nothing_is_lost_and_what_came_twice_is_marked_whoever_dies_and_whatever_fails()
    {
        var (deaths, doubles) = (0, 0);
        var broken = Lives.Broken(0, Seeds, seed =>
        {
            var life = NotifyScenario.Run(seed);
            Interlocked.Add(ref deaths, life.Deaths);
            Interlocked.Add(ref doubles, life.Doubles);
            return life.Broken;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{Seeds} lives, {deaths} deaths, {doubles} doubles, all marked unknown");
        Assert.True(broken.Count == 0, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Take(5))}");
    }

    // The first worker dies on the way to, and on the way back from, each of the calls that it makes: storage, queue and provider.
    [Fact]
    public void A_worker_may_die_at_any_point_between_receiving_and_settling()
    {
        var (notifications, doubles, points) = (0, 0, 0);
        var broken = new List<string>();
        for (var point = 1; point < MostPoints; point++)
        {
            var life = NotifyScenario.RunDyingAt(point, RecipientsEach);
            broken.AddRange(life.Broken.Select(law => $"point {point}: {law}"));
            if (life.Deaths == 0)
                break;
            (notifications, doubles, points) = (notifications + life.Recipients, doubles + life.Doubles, point);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{points} points, {notifications} notifications, 0 lost, {doubles} doubles, all marked unknown");
        Assert.True(broken.Count == 0, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Take(5))}");
        Assert.InRange(points, 50, MostPoints - 2);
        Assert.InRange(notifications, 2_000, int.MaxValue);
        Assert.InRange(doubles, 1, notifications / 10);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.All(Enumerable.Range(0, 5), seed => Assert.Equal(NotifyScenario.Run(seed).Trace, NotifyScenario.Run(seed).Trace));
}
