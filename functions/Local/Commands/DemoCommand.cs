namespace Serverless.Local.Commands;

/// <summary>"demo": drives the running cloud, or one of its own, scene by scene.</summary>
internal static class DemoCommand
{
    private static readonly string[] Scenes = [];

    public static async Task<int> RunAsync(UpOptions options, TextWriter output)
    {
        await output.WriteLineAsync($"Scenes against port {options.Port}: {(Scenes.Length == 0 ? "none yet" : string.Join(", ", Scenes))}");
        return 0;
    }
}
