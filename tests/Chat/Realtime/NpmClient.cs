using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Serverless.Local.Chat;
using Serverless.Local.Cloud;

namespace Serverless.Tests.Chat;

/// <summary>A process of Node.js with the SignalR client of npm, connected to a head's hub.</summary>
internal sealed class NpmClient : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ConcurrentQueue<JsonElement> _pushes = new();
    private readonly Task _reading;

    private NpmClient(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "npm-client");

    /// <summary>Starts it, with packages that are installed once; connected or not yet.</summary>
    /// <param name="person">Who connects, and to which head.</param>
    /// <param name="transport">As the client names it.</param>
    public static async Task<NpmClient> LaunchAsync(ChatApi person, string transport)
    {
        var packages = await new NpmPackages("chat-client", "the chat's public client", Folder).EnsureAsync(null, TimeProvider.System, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("node", [Path.Combine(Folder, "client.mjs"), new Uri(person.Address, "api").ToString(), person.Token, transport])
        {
            WorkingDirectory = packages,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new(Process.Start(start)!);
    }

    /// <summary>What it was told so far, of one type.</summary>
    public List<JsonElement> Told(string type)
    {
        Assert.False(_process.HasExited, "It ended by itself; its errors are in the output of the tests.");
        return [.. _pushes.Where(push => push.GetProperty("type").GetString() == type)];
    }

    /// <summary>Has it close its connection and end.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(EndLimit, TimeProvider.System);
            await _reading;
            Assert.Equal(0, _process.ExitCode);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            throw;
        }
        finally
        {
            _process.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            _pushes.Enqueue(JsonSerializer.Deserialize<JsonElement>(line));
    }
}
