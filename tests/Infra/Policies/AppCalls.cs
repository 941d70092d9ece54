using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Serverless.Tests.Infra;

/// <summary>What the compiled app calls of Azure's client libraries: its references to their members.</summary>
internal static class AppCalls
{
    private static readonly HashSet<(string Space, string Type, string Member)> Members = Read();

    // These reach nothing by themselves: identities, results, exceptions, pipelines, and what a function is declared with.
    private static readonly string[] Silent = ["Azure", "Azure.Core", "Azure.Core.Pipeline", "Azure.Core.Serialization", "Azure.Identity", "Microsoft.Azure.SignalR"];

    /// <summary>The namespaces of services that are called.</summary>
    public static IEnumerable<string> Services => Members.Select(one => one.Space).Distinct()
        .Where(space => space.StartsWith("Azure", StringComparison.Ordinal) || space.StartsWith("Microsoft.Azure.", StringComparison.Ordinal))
        .Where(space => !Silent.Contains(space) && !space.StartsWith("Microsoft.Azure.Functions.", StringComparison.Ordinal));

    public static bool Has(string space, string type, string? member = null) =>
        Members.Any(one => one.Space == space && one.Type == type && (member is null || one.Member == member));

    private static HashSet<(string Space, string Type, string Member)> Read()
    {
        using var file = new PEReader(File.OpenRead(typeof(ServerlessApp).Assembly.Location));
        var code = file.GetMetadataReader();
        return [.. code.MemberReferences.Select(code.GetMemberReference).Where(one => one.Parent.Kind == HandleKind.TypeReference).Select(one =>
        {
            var type = code.GetTypeReference((TypeReferenceHandle)one.Parent);
            return (code.GetString(type.Namespace), code.GetString(type.Name), code.GetString(one.Name));
        })];
    }
}
