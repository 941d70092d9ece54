using Serverless.Local.Commands;

namespace Serverless.Local;

/// <summary>The local cloud's command line.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => CommandLine.RunAsync(args, Console.Out, Console.Error);
}
