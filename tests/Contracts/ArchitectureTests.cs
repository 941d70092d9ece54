namespace Serverless.Tests.Contracts;

public class ArchitectureTests
{
    private const int LongestFile = 300;

    [Fact]
    public void Data_flows_one_way_between_the_rooms_of_the_app()
    {
        var files = Repository.Sources("functions/App").ToList();
        Assert.Superset(RoomRules.Allowed.Keys.ToHashSet(), files.Where(f => f.Contains('/')).Select(f => f.Split('/')[0]).ToHashSet());
        Assert.Empty(files.SelectMany(f => RoomRules.Violations(f, Read("functions/App", f))));
    }

    [Theory]
    [InlineData("Ring/Made.cs", "using Serverless.Kv;\nnamespace Serverless.Ring;", "Ring/Made.cs uses Kv, but Ring may only use itself.")]
    [InlineData("Ring/Made.cs", "using Store = Serverless.Kv.KvStore;\nnamespace Serverless.Ring;", "Ring/Made.cs uses Kv, but Ring may only use itself.")]
    [InlineData("Http/Made.cs", "namespace Serverless.Http;\nclass A { Serverless.Ring.HashRing? r; }", "Http/Made.cs uses Ring, but Http may only use itself.")]
    [InlineData("Kv/Made.cs", "namespace Serverless.Kv;\nclass A { Ring.HashRing? r; }", "Kv/Made.cs uses Ring, but Kv may only use Replication and Http.")]
    [InlineData("Replication/Made.cs", "using static Serverless.Kv.KvKey;\nnamespace Serverless.Replication;", "Replication/Made.cs uses Kv, but Replication may only use Ring and Http.")]
    [InlineData("Kv/Made.cs", "namespace Serverless.Kv;\nclass A { global::Serverless.AzureHead.Program? p; }", "Kv/Made.cs uses AzureHead, but Kv may only use Replication and Http.")]
    [InlineData("Kv/Made.cs", "namespace Serverless.Ring;", "Kv/Made.cs declares the namespace Serverless.Ring, not Serverless.Kv.")]
    [InlineData("Made/Made.cs", "namespace Serverless.Made;", "The room Made has no row in RoomRules.Allowed: state what it may use.")]
    public void A_use_that_points_back_is_found(string file, string source, string violation) =>
        Assert.Equal([violation], RoomRules.Violations(file, source));

    [Theory]
    [InlineData("Ring/Made.cs", "// Serverless.Kv.\n/* Kv.KvStore */ namespace Serverless.Ring;\nclass A { string s = \"Serverless.Kv.\"; }")]
    [InlineData("Kv/Made.cs", "using Serverless.Replication;\nnamespace Serverless.Kv;\nclass A { int P(ClusterView v) => v.Ring.Partitions; }")]
    [InlineData("Azure/Made.cs", "using Serverless.Kv;\nnamespace Serverless.AzureHead;")]
    [InlineData("Made.cs", "using Serverless.Kv;\nnamespace Serverless;")]
    public void What_is_allowed_or_only_mentioned_is_not(string file, string source) =>
        Assert.Empty(RoomRules.Violations(file, source));

    [Theory]
    [InlineData("functions")]
    [InlineData("tests")]
    public void No_file_is_longer_than_300_lines(string folder) =>
        Assert.DoesNotContain(Repository.Sources(folder), file => Read(folder, file).Count(c => c == '\n') > LongestFile);

    [Theory]
    [InlineData("functions")]
    [InlineData("tests")]
    public void No_name_says_that_anything_may_go_there(string folder) =>
        Assert.DoesNotContain(Repository.Sources(folder), file =>
            file.EndsWith("/Extensions.cs", StringComparison.OrdinalIgnoreCase)
            || file.Split('/').Any(part => part.ToUpperInvariant() is "COMMON" or "UTILS" or "HELPERS" or "MANAGERS"));

    private static string Read(string folder, string file) => File.ReadAllText(Path.Combine(Repository.Root, folder, file));
}
