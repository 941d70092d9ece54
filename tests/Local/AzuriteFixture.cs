using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Serverless.Tests.Local;

[CollectionDefinition(Name)]
public class AzuriteTests : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}

/// <summary>One Azurite in memory for the tests that need storage.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private const string Version = "3.35.0";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"serverless-azurite-{Version}");
    private Process? _azurite;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var program = Path.Combine(_folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (!File.Exists(program))
            await InstallAsync();

        var ports = FreePorts(3);
        _azurite = Process.Start(new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                program, "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent",
                "--blobPort", $"{ports[0]}", "--queuePort", $"{ports[1]}", "--tablePort", $"{ports[2]}",
            },
            RedirectStandardOutput = true,
        })!;
        var lines = Channel.CreateUnbounded<string?>();
        _azurite.OutputDataReceived += (_, line) => lines.Writer.TryWrite(line.Data);
        _azurite.BeginOutputReadLine();
        for (var listening = 0; listening < 3;)
        {
            var line = await lines.Reader.ReadAsync() ?? throw new InvalidOperationException("Azurite ended before it listened.");
            listening += line.Contains("successfully listen", StringComparison.Ordinal) ? 1 : 0;
        }

        ConnectionString = Connection(ports[0], ports[1], ports[2]);
    }

    /// <summary>The connection string of a storage that is not there.</summary>
    public static string Nowhere()
    {
        var ports = FreePorts(3);
        return Connection(ports[0], ports[1], ports[2]);
    }

    public ValueTask DisposeAsync()
    {
        _azurite?.Kill();
        _azurite?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Connection(int blob, int queue, int table) =>
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={Key};"
        + $"BlobEndpoint=http://127.0.0.1:{blob}/devstoreaccount1;QueueEndpoint=http://127.0.0.1:{queue}/devstoreaccount1;"
        + $"TableEndpoint=http://127.0.0.1:{table}/devstoreaccount1";

    private async Task InstallAsync()
    {
        Directory.CreateDirectory(_folder);
        using var npm = Process.Start(new ProcessStartInfo("npm")
        {
            ArgumentList = { "install", $"azurite@{Version}", "--no-audit", "--no-fund", "--loglevel=error" },
            WorkingDirectory = _folder,
        })!;
        await npm.WaitForExitAsync();
        Assert.Equal(0, npm.ExitCode);
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
