using Serverless.Tests.Simulation;

namespace Serverless.Tests.Chat;

public class ChatSimulationTests
{
    private const int Seeds = 2_000;

    [Fact]
    public void All_devices_of_all_members_have_the_same_transcript_without_hole_or_double()
    {
        var (acknowledged, restarts) = (0, 0);
        var broken = Lives.Broken(0, Seeds, seed =>
        {
            var life = ChatScenario.Run(seed);
            Interlocked.Add(ref acknowledged, life.Acknowledged);
            Interlocked.Add(ref restarts, life.Restarts);
            return life.Broken;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{Seeds} lives, {acknowledged} acknowledged events, {restarts} rooms begun anew by a device");
        Assert.True(broken.Count == 0, $"{broken.Count} broken, among them:\n{string.Join('\n', broken.Take(5))}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Assert.All(Enumerable.Range(0, 5), seed => Assert.Equal(ChatScenario.Run(seed).Trace, ChatScenario.Run(seed).Trace));
}
