namespace Serverless.Tests.Local;

/// <summary>Settings without which the app does not start, for heads whose functions use none of them.</summary>
internal static class HeadSettings
{
    public static readonly IReadOnlyDictionary<string, string?> Least = new Dictionary<string, string?>
    {
        ["Cluster:Region"] = "nowhere",
        ["Cluster:Nodes:0:Id"] = "none",
        ["Cluster:Nodes:0:Region"] = "nowhere",
        ["Cluster:Nodes:0:Endpoint"] = "http://127.0.0.1:9/none",
        ["Auth:Issuer"] = "nobody",
        ["Auth:Audience"] = "nobody",
        ["Auth:Keys"] = """{"keys":[]}""",
    };
}
