using System.Collections.Concurrent;
using System.Diagnostics;

namespace Serverless.Tests.EndToEnd;

/// <summary>What a process writes, read while it runs, so that it never waits for its reader.</summary>
internal static class ProcessOutput
{
    /// <summary>Adds each line to <paramref name="lines"/>; both outputs of the process are redirected.</summary>
    public static void ReadInto(this Process process, ConcurrentQueue<string> lines)
    {
        void Keep(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is { } line)
                lines.Enqueue(line);
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }
}
