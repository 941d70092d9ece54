using System.ComponentModel;
using System.Diagnostics;

namespace Serverless.Local.Cloud;

/// <summary>Node.js, which runs the storage processes, and its package manager.</summary>
internal static class NodeRuntime
{
    /// <summary>The oldest major version that Azurite's wrapper runs on.</summary>
    public const int OldestMajor = 20;

    /// <summary>A batch file on Windows, which is found only by its full name.</summary>
    public static string Npm => OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    /// <summary>What a program answers to --version, or null when it cannot be run.</summary>
    public static async Task<string?> VersionAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            var (exitCode, output) = await RunAsync(new ProcessStartInfo(program, "--version"), cancellationToken);
            return exitCode == 0 ? output.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Throws when Node.js is missing or too old.</summary>
    public static async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (Problem(await VersionAsync("node", cancellationToken)) is { } problem)
            throw new LocalCloudException(problem);
    }

    /// <summary>One sentence about a version that cannot be used ("v18.2.0", or null when there is none), or null.</summary>
    public static string? Problem(string? version)
    {
        var install = $"install version {OldestMajor} or later from https://nodejs.org and run this again.";
        if (version is null)
            return $"Node.js, which runs the local storage, was not found: {install}";
        return int.TryParse(version.TrimStart('v').Split('.')[0], out var major) && major >= OldestMajor
            ? null
            : $"Node.js {version} is too old for the local storage: {install}";
    }

    /// <summary>Runs a program to its end; its output is what it wrote, errors last.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
