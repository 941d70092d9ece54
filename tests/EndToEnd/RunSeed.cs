using System.Globalization;

namespace Serverless.Tests.EndToEnd;

/// <summary>The seed of this run's choices: another for each run, so that runs together try all of them, unless the variable SEED names one.</summary>
internal static class RunSeed
{
    public static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SEED"), CultureInfo.InvariantCulture, out var named) ? named : Environment.ProcessId;

    /// <summary>For the reader of a failure.</summary>
    public static string Text => $"SEED={Value}";
}
