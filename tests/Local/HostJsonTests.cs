using Serverless.Local.Host;

namespace Serverless.Tests.Local;

public class HostJsonTests
{
    [Fact]
    public void The_file_beside_the_program_is_the_apps() =>
        Assert.Equal(new HostJson("api", 16, 100, TimeSpan.FromMinutes(5)), HostJson.BesideProgram());

    [Fact]
    public void A_missing_file_means_the_defaults() => Assert.Equal(new HostJson(), HostJson.Load(Path.GetFullPath("no-such-host.json")));

    [Fact]
    public void A_number_that_is_none_stops_the_start()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, """{"extensions":{"serviceBus":{"maxConcurrentCalls":0}}}""");
        try
        {
            var refused = Assert.Throws<InvalidOperationException>(() => HostJson.Load(path));
            Assert.Contains("maxConcurrentCalls is 0", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
