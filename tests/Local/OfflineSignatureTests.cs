using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Tests.Local;

/// <summary>What functions/Offline declares must exist in the real packages with the same signature.</summary>
public class OfflineSignatureTests
{
    private const string Offline = "Serverless.Offline";

    [Fact]
    public void Every_declaration_is_that_of_the_real_packages()
    {
        if (typeof(FunctionContext).Assembly.GetName().Name == Offline)
            Assert.Skip("This build has no real packages to compare with: it was itself built against functions/Offline.");

        var real = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(f => Path.GetFileName(f).StartsWith("Microsoft.Azure.Functions.Worker", StringComparison.Ordinal)
                || Path.GetFileName(f).StartsWith("Microsoft.Azure.SignalR", StringComparison.Ordinal)
                || Path.GetFileName(f) == "Azure.Messaging.ServiceBus.dll")
            .Select(Assembly.LoadFrom)
            .ToList();
        var offline = new AssemblyLoadContext(Offline).LoadFromAssemblyPath(OfflinePath());

        Assert.Empty(SignatureDifference.Between(offline.GetExportedTypes(), name => real.Select(a => a.GetType(name)).FirstOrDefault(t => t is not null)));
    }

    [Fact]
    public void The_comparison_finds_what_differs()
    {
        Assert.Empty(SignatureDifference.Between([typeof(Declared)], _ => typeof(Declared)));
        Assert.Empty(SignatureDifference.Between([typeof(DayOfWeek)], _ => typeof(DayOfWeek)));
        Assert.Single(SignatureDifference.Between([typeof(Declared)], _ => null));
        Assert.Equal(
            ["Declared: no Int32 Changed(Int32 size)", "Declared: no Int32 Gone()"],
            SignatureDifference.Between([typeof(Declared)], _ => typeof(Real)));
    }

    // The output of the project built beside, in this build's own configuration.
    private static string OfflinePath()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Serverless.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The tests do not run from below the repository.");
        var built = Path.GetRelativePath(Path.Combine(root.FullName, "tests"), AppContext.BaseDirectory);
        return Path.Combine(root.FullName, "functions", "Offline", built, $"{Offline}.dll");
    }

    public abstract class Declared
    {
        public abstract int Same(string text, int size = 0);

        public virtual int Changed(int size) => size;

        public virtual int Gone() => 0;

        protected virtual int Kept { get; set; }
    }

    public abstract class Real
    {
        public abstract int Same(string text, int size = 0);

        public virtual int Changed(long size) => (int)size;

        public virtual int More() => 0;

        protected virtual int Kept { get; set; }
    }
}
