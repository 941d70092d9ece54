using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Serverless.Local.Commands;

namespace Serverless.Tests.Local;

public sealed class CloudCommandLineTests : IDisposable
{
    private readonly CloudFolder _folder = new();

    [Theory]
    [InlineData("--regions 0", "--regions")]
    [InlineData("up --regions 10", "--regions")]
    [InlineData("--regions 0 up", "--regions")]
    [InlineData("--nodes many", "--nodes")]
    [InlineData("--port 70000", "--port")]
    [InlineData("up --port", "--port")]
    [InlineData("up --front-door --probe-seconds 0", "--probe-seconds")]
    [InlineData("head --cloud 0", "--cloud")]
    [InlineData("head --region 10", "--region")]
    [InlineData("head --region 3 --regions 2", "from 1 to 2")]
    [InlineData("up --region 2", "\"--region\" is not an option")]
    [InlineData("estimate", "load")]
    [InlineData("estimate twitter startup", "\"startup\" is not a command")]
    [InlineData("upp", "\"upp\" is not a command")]
    [InlineData("--fast", "\"--fast\" is not an option")]
    public async Task A_mistake_is_one_sentence_and_exit_code_2(string line, string named)
    {
        var (exitCode, output, error) = await RunAsync(line);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_busy_port_is_one_sentence_and_exit_code_2()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (exitCode, output, error) = await RunAsync(string.Create(CultureInfo.InvariantCulture, $"--port {port} --data {_folder.Path}"));

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Equal($"Port {port} is taken: stop the program that listens there, or choose other ports with --port.", error.Trim());
    }

    [Fact]
    public async Task A_data_folder_in_use_is_one_sentence_and_exit_code_2()
    {
        using var other = Serverless.Local.Cloud.DataFolderLock.Take(_folder.Path);

        var (exitCode, _, error) = await RunAsync($"up --port 0 --data {_folder.Path}");

        Assert.Equal(2, exitCode);
        Assert.StartsWith("Another local cloud uses the data folder", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_a_cloud_is_one_sentence_and_exit_code_2()
    {
        var port = Serverless.Local.Cloud.FreePorts.Choose(200, new Random(Environment.ProcessId));

        var (exitCode, output, error) = await RunAsync(string.Create(CultureInfo.InvariantCulture, $"head --cloud {port} --port 0 --data {_folder.Path}"));

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Equal($"No storage of a local cloud at port {port} answers: start it with \"up\", or name its port with --cloud.", error.Trim());
    }

    [Fact]
    public async Task Help_names_every_verb()
    {
        var (exitCode, output, _) = await RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.All(["up", "head", "doctor", "demo", "estimate"], verb => Assert.Contains($"\n  {verb} ", output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--port 23456 doctor")]
    [InlineData("doctor --port 23456")]
    public async Task Options_may_stand_before_or_after_the_verb(string line) =>
        Assert.Contains("23456", (await RunAsync(line)).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Doctor_names_what_it_finds()
    {
        var (exitCode, output, _) = await RunAsync($"doctor --port 0 --data {_folder.Path}");

        Assert.Equal(0, exitCode);
        Assert.Contains("3.35.0", output, StringComparison.Ordinal);
        Assert.Contains("local-3 empty", output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(line.Split(' '), output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
