using Spectre.Console;

namespace Serverless.Local.Commands;

/// <summary>What "up" shows: a spinner on a terminal while it starts, plain lines otherwise.</summary>
internal sealed class UpConsole(TextWriter output, bool interactive) : IProgress<string>
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(output),
        Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
    });
    private readonly Lock _writing = new();
    private StatusContext? _status;

    /// <summary>Runs the start; what it reports replaces the line beside the spinner.</summary>
    public async Task<T> StartingAsync<T>(Func<Task<T>> start)
    {
        if (!interactive)
            return await start();
        try
        {
            return await _console.Status().StartAsync("Starting", context =>
            {
                _status = context;
                return start();
            });
        }
        finally
        {
            _status = null;
        }
    }

    public void Report(string value)
    {
        if (_status is { } status)
            status.Status(Markup.Escape(value));
        else
            Line(value);
    }

    /// <summary>Written as it is: a terminal breaks long lines itself, and a copied command must stay whole.</summary>
    public void Line(string text)
    {
        lock (_writing)
        {
            output.WriteLine(text);
            output.Flush();
        }
    }
}
