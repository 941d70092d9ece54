using System.CommandLine;
using Serverless.Local.Cloud;

namespace Serverless.Local.Commands;

/// <summary>The verbs and their options; without a verb it is "up".</summary>
internal static class CommandLine
{
    /// <summary>Exit code of a command that could not be understood or could not start.</summary>
    public const int Refused = 2;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = Root(output);
        var parsed = root.Parse(args);
        if (Mistake(parsed, root) is { } mistake)
        {
            await error.WriteLineAsync(mistake);
            return Refused;
        }

        try
        {
            // The verbs handle signals themselves, and what is not foreseen should be seen whole.
            return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (LocalCloudException e)
        {
            await error.WriteLineAsync(e.Message);
            return Refused;
        }
    }

    private static RootCommand Root(TextWriter output)
    {
        var root = new RootCommand("The local cloud: the function app with its storage, on this machine.");
        AddCloudVerb(root, root, options => UpCommand.RunAsync(options, output));
        AddCloudVerb(root, new("up", "Start the local cloud and keep it running; the default."), options => UpCommand.RunAsync(options, output));
        AddCloudVerb(root, new("doctor", "Show what the local cloud needs and finds on this machine."), options => DoctorCommand.RunAsync(options, output));
        AddCloudVerb(root, new("demo", "Drive the local cloud scene by scene."), options => DemoCommand.RunAsync(options, output));
        return root;
    }

    private static void AddCloudVerb(RootCommand root, Command verb, Func<UpOptions, Task<int>> run)
    {
        var arguments = new CloudArguments();
        arguments.AddTo(verb);
        verb.SetAction(parsed => run(arguments.Read(parsed)));
        if (verb != root)
            root.Add(verb);
    }

    private static string? Mistake(ParseResult parsed, RootCommand root)
    {
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var kind = parsed.UnmatchedTokens[0].StartsWith('-') ? "an option" : "a command";
            return $"\"{parsed.UnmatchedTokens[0]}\" is not {kind} here: the commands are {string.Join(", ", root.Subcommands.Select(verb => verb.Name))}; --help shows their options.";
        }

        return parsed.Errors.Count > 0 ? parsed.Errors[0].Message : null;
    }
}
