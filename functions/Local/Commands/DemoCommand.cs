using Serverless.Local.Client;
using Serverless.Local.Cloud;
using Serverless.Local.Demo;
using Serverless.Local.FrontDoor;
using Serverless.Local.Head;

namespace Serverless.Local.Commands;

/// <summary>"demo": drives the running cloud, or one of its own, scene by scene. Exit code 1 when anything is not as it should be.</summary>
internal static class DemoCommand
{
    // Nobody wants to watch the template's interval.
    private const int ShortProbes = 1;

    public static async Task<int> RunAsync(UpOptions options, TextWriter output)
    {
        var clock = options.Cloud.Clock;
        using var running = new RunningCloud(options.Address, clock);
        if (await running.AnswersAsync())
        {
            await output.WriteLineAsync($"Playing on the cloud that runs at {options.Address}");
            var dies = new FrontDoorScenes(clock).ARegionDies;
            if (await running.RegionsAsync() is null)
                return await PlayAsync(options.Address, output, clock, [.. MainScenes(clock), dies]);

            // The others look at what they just did, which the next region that answers may not have heard of yet.
            await output.WriteLineAsync("It has a front door: one scene. The others are played on a cloud without one");
            return await PlayAsync(options.Address, output, clock, [dies]);
        }

        await output.WriteLineAsync("No cloud runs; starting one for the demo, in a folder of its own");
        var failed = await InFolderAsync(async folder =>
        {
            var console = new UpConsole(output, interactive: false);
            await using var cloud = await LocalCloud.StartAsync(options.Cloud with { Port = 0, DataFolder = folder }, console);
            await using var head = await CloudHead.StartAsync(cloud, 0, folder, CancellationToken.None);
            return await PlayAsync(head.Address, output, clock, MainScenes(clock));
        });
        await output.WriteLineAsync("\nAnd another one, with a front door");
        return failed | await InFolderAsync(async folder =>
        {
            var console = new UpConsole(output, interactive: false);
            var settled = DoorPorts.Resolve(options.Cloud with { Port = 0, DataFolder = folder });
            await using var cloud = await LocalCloud.StartAsync(settled, console);
            await using var regional = await RegionalCloud.StartAsync(cloud, settled, ProbeRule.OfTemplate with { IntervalSeconds = ShortProbes }, console, CancellationToken.None);
            return await PlayAsync(regional.Address, output, clock, [new FrontDoorScenes(clock).ARegionDies]);
        });
    }

    private static IEnumerable<Scene> MainScenes(TimeProvider clock) =>
        new KvScenes(clock).With(new IdsScenes(clock), new LimitsScenes(clock), new NotificationsScenes(clock), new ChatScenes(clock), new RingScenes(clock));

    private static async Task<int> InFolderAsync(Func<string, Task<int>> play)
    {
        var folder = Directory.CreateTempSubdirectory("serverless-demo-");
        try
        {
            return await play(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> PlayAsync(Uri address, TextWriter output, TimeProvider clock, IEnumerable<Scene> scenes)
    {
        using var stage = new DemoStage(address, output, clock);
        foreach (var scene in scenes)
        {
            stage.Title(scene.Title);
            try
            {
                await scene.PlayAsync(stage);
            }
            catch (Exception failure) when (failure is HttpRequestException or System.Text.Json.JsonException or InvalidOperationException or KeyNotFoundException)
            {
                stage.Check(false, failure.Message);
            }
        }

        await output.WriteLineAsync(stage.Failed ? "\nSomething was not as it should be: see FAIL above." : "\nAll was as it should be.");
        return stage.Failed ? 1 : 0;
    }
}
