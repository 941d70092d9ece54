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
        var root = Root(output, error);
        var parsed = root.Parse(args);
        if (Mistake(parsed, root) is { } mistake)
        {
            await error.WriteLineAsync(mistake);
            return Refused;
        }

        try
        {
            // The verbs handle signals themselves, and what is not foreseen should be seen whole.
            return await parsed.InvokeAsync(new()
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception e) when (e is LocalCloudException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return Refused;
        }
    }

    private static RootCommand Root(TextWriter output, TextWriter error)
    {
        var arguments = new CloudArguments();
        Func<ParseResult, Task<int>> Run(Func<UpOptions, TextWriter, Task<int>> verb) => parsed => verb(arguments.Read(parsed), output);

        var root = new RootCommand("The local cloud: the function app with its storage, on this machine.");
        arguments.AddTo(root);
        root.SetAction(Run(UpCommand.RunAsync));
        root.Add(Verb("up", "Start the local cloud and keep it running; the default.", Run(UpCommand.RunAsync)));
        root.Add(HeadVerb(arguments, output));
        root.Add(Verb("doctor", "Show what the local cloud needs and finds on this machine.", Run(DoctorCommand.RunAsync)));
        root.Add(Verb("demo", "Drive the local cloud scene by scene.", Run(DemoCommand.RunAsync)));
        root.Add(EstimateVerb(output, error));
        return root;
    }

    private static Command Verb(string name, string description, Func<ParseResult, Task<int>> run)
    {
        var verb = new Command(name, description);
        verb.SetAction(run);
        return verb;
    }

    private static Command HeadVerb(CloudArguments shared, TextWriter output)
    {
        var arguments = new HeadArguments(shared);
        var verb = Verb(
            "head", "Start one more head on the storage of a running local cloud.", parsed => HeadCommand.RunAsync(arguments.Read(parsed), output));
        arguments.AddTo(verb);
        return verb;
    }

    private static Command EstimateVerb(TextWriter output, TextWriter error)
    {
        var arguments = new EstimateArguments();
        var verb = Verb("estimate", "Reckon what a load needs and costs; runs no cloud.", parsed => EstimateCommand.RunAsync(arguments.Read(parsed), output, error));
        arguments.AddTo(verb);
        return verb;
    }

    private static string? Mistake(ParseResult parsed, RootCommand root)
    {
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var unknown = parsed.UnmatchedTokens[0];
            var kind = unknown.StartsWith('-') ? "an option" : "a command";
            var verbs = string.Join(", ", root.Subcommands.Select(verb => verb.Name));
            return $"\"{unknown}\" is not {kind} here: the commands are {verbs}; --help shows their options.";
        }

        return parsed.Errors.Count > 0 ? parsed.Errors[0].Message : null;
    }
}
