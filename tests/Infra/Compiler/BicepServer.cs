using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Tests.Infra;

/// <summary>The real Bicep compiler as one process that answers requests (JSON-RPC 2.0 with a Content-Length before each message): starting it takes longer than all it is asked.</summary>
internal sealed class BicepServer : IDisposable
{
    /// <summary>What snapshots are computed for. No such subscription exists.</summary>
    public const string Subscription = "00000000-0000-0000-0000-000000000001";

    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);
    private int _asked;

    private BicepServer(Process process) => _process = process;

    /// <summary>Where the package of the compiler lies, as the build found it.</summary>
    public static string Program { get; } =
        typeof(BicepServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "BicepPath").Value!.Replace('\\', Path.DirectorySeparatorChar);

    public static BicepServer Start()
    {
        var start = Command("jsonrpc", "--stdio");
        start.RedirectStandardInput = true;
        return new BicepServer(Process.Start(start)!);
    }

    /// <summary>One command of the compiler, as a person would type it.</summary>
    public static async Task<(int Exit, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Command(arguments))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>The compiled template, and all that compiler and linter have to say.</summary>
    public async Task<(JsonNode? Template, IReadOnlyList<string> Said)> CompileAsync(string path)
    {
        var answer = await AskAsync("bicep/compile", new { path });
        var template = answer["contents"]?.GetValue<string>() is { } text ? JsonNode.Parse(text) : null;
        return (template, Diagnostics(answer));
    }

    /// <summary>All resources that a parameter file stands for, as JSON. What compiler or template refuse is an exception with their sentences.</summary>
    public async Task<string> SnapshotAsync(string path)
    {
        try
        {
            return (string)(await AskAsync("bicep/getSnapshot", new
            {
                path,
                metadata = new { subscriptionId = Subscription, location = "koreacentral", tenantId = (string?)null, resourceGroup = (string?)null, deploymentName = (string?)null },
            }))["snapshot"]!;
        }
        catch (InvalidOperationException failed) when (failed.Message.EndsWith("Compilation failed", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, Diagnostics(await AskAsync("bicep/compileParams", new { path, parameterOverrides = new { } }))));
        }
    }

    /// <summary>The template that a parameter file uses, compiled, and its values.</summary>
    public async Task<(JsonNode Template, JsonNode Parameters)> ParametersAsync(string path)
    {
        var compiled = await AskAsync("bicep/compileParams", new { path, parameterOverrides = new { } });
        return (JsonNode.Parse((string)compiled["template"]!)!, JsonNode.Parse((string)compiled["parameters"]!)!["parameters"]!);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.Dispose();
        _turn.Dispose();
    }

    private static List<string> Diagnostics(JsonObject answer) =>
        [.. answer["diagnostics"]!.AsArray().Select(one => $"{Path.GetFileName((string?)one!["source"])} {one["code"]}: {one["message"]}")];

    // Parameter files read the environment; their defaults are what is kept.
    private static ProcessStartInfo Command(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AUTH_", StringComparison.Ordinal) || name.StartsWith("AZURE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return start;
    }

    private async Task<JsonObject> AskAsync(string method, object parameters)
    {
        await _turn.WaitAsync();
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new { jsonrpc = "2.0", id = ++_asked, method, @params = new[] { parameters } });
            var into = _process.StandardInput.BaseStream;
            await into.WriteAsync(Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"));
            await into.WriteAsync(body);
            await into.FlushAsync();
            var answer = await ReadAsync();
            return answer["result"] as JsonObject ?? throw new InvalidOperationException($"{method}: {answer["error"]?["message"]}");
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<JsonNode> ReadAsync()
    {
        var from = _process.StandardOutput.BaseStream;
        var length = 0;
        for (var line = await LineAsync(from); line.Length > 0; line = await LineAsync(from))
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
        }

        var body = new byte[length];
        await from.ReadExactlyAsync(body);
        return JsonNode.Parse(body)!;
    }

    private static async Task<string> LineAsync(Stream from)
    {
        var (line, one) = (new StringBuilder(), new byte[1]);
        do
        {
            await from.ReadExactlyAsync(one);
            line.Append((char)one[0]);
        }
        while (one[0] != '\n');
        return line.ToString().Trim();
    }
}
