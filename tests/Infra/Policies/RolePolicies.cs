namespace Serverless.Tests.Infra;

/// <summary>
/// Roles against calls. Each row is a kind of call: how one sees that it is made, on which resources, by whom, and the one role that allows it. What is granted must be what the rows say, so
/// that nobody may more than is used, and nothing is called that is not allowed.
/// </summary>
internal static class RolePolicies
{
    private const string Storage = "Microsoft.Storage/storageAccounts";

    private static readonly Dictionary<string, string> Roles = new()
    {
        ["Storage Blob Data Owner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["Storage Blob Data Contributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["Storage Blob Data Reader"] = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        ["Storage Table Data Contributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["Azure Service Bus Data Sender"] = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        ["Azure Service Bus Data Receiver"] = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        ["SignalR REST API Owner"] = "fd53cd77-2268-407a-8f46-7e7863d0f521",
        ["Monitoring Metrics Publisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["Key Vault Secrets User"] = "4633458b-17de-408a-b874-0445c86b69e6",
    };

    /// <param name="Call">What is done.</param>
    /// <param name="Proof">Whether it is: in the app's compiled code, in its settings, or in the workflow that deploys.</param>
    /// <param name="Type">On resources of this type,</param>
    /// <param name="Part">with this tag "part".</param>
    /// <param name="Role">What allows it.</param>
    /// <param name="Callers">Who does it.</param>
    private sealed record Row(string Call, Func<Deployment, bool> Proof, string Type, string Part, string Role, Func<Deployment, Resource, IEnumerable<string>> Callers);

    private static readonly Lazy<string> Workflow = new(() => File.ReadAllText(Path.Combine(Repository.Root, ".github/workflows/deploy.yml")));

    private static readonly Row[] Rows =
    [
        new("reads and writes tables of nodes", _ => AppCalls.Has("Azure.Data.Tables", "TableClient"), Storage, "node", "Storage Table Data Contributor", EveryStamp),
        new("sends messages", _ => AppCalls.Has("Azure.Messaging.ServiceBus", "ServiceBusSender", "SendMessagesAsync"), "Microsoft.ServiceBus/namespaces", "stamp", "Azure Service Bus Data Sender", OwnStamp),
        new("receives messages by triggers", _ => Contracts.AppFunctions.Queues.Count > 0, "Microsoft.ServiceBus/namespaces", "stamp", "Azure Service Bus Data Receiver", OwnStamp),
        new("negotiates and pushes", _ => AppCalls.Has("Microsoft.Azure.SignalR.Management", "ServiceHubContext", "NegotiateAsync"), "Microsoft.SignalRService/signalR", "stamp", "SignalR REST API Owner", EveryStamp),
        new("sends metrics", _ => AppCalls.Has("Azure.Monitor.OpenTelemetry.Exporter", "AzureMonitorExporterOptions", "set_Credential"), "Microsoft.Insights/components", "stamp", "Monitoring Metrics Publisher", OwnStamp),
        new("keeps leases, keys and the package", d => Told(d, "AzureWebJobsStorage__blobServiceUri"), Storage, "stamp", "Storage Blob Data Owner", OwnStamp),
        new("writes the host's events", d => Told(d, "AzureWebJobsStorage__tableServiceUri"), Storage, "stamp", "Storage Table Data Contributor", OwnStamp),
        new("reads secrets of settings", _ => true, "Microsoft.KeyVault/vaults", "global", "Key Vault Secrets User", EveryStamp),
        new("reads the page", d => d.All("Microsoft.Cdn/profiles/originGroups").Any(one => one.At("properties.authentication") is not null), Storage, "page", "Storage Blob Data Reader", (d, _) => d.All("Microsoft.ManagedIdentity/userAssignedIdentities").Where(one => one.Part == "global").Select(one => one.Id)),
        new("uploads the page", d => Workflow.Value.Contains("az storage blob upload-batch", StringComparison.Ordinal), Storage, "page", "Storage Blob Data Contributor", (d, _) => Publisher(d)),
    ];

    public static IEnumerable<Policy> All { get; } = [new("Every role that is granted is used, and every call has its role", Matrix)];

    /// <summary>The services, by namespace of their client libraries, that the rows are about.</summary>
    public static IEnumerable<string> Services => ["Azure.Data.Tables", "Azure.Messaging.ServiceBus", "Azure.Monitor.OpenTelemetry.Exporter", "Microsoft.Azure.SignalR.Management"];

    private static IEnumerable<string> Matrix(Deployment deployment)
    {
        var needed = new HashSet<(string Scope, string Role, string Caller)>();
        foreach (var row in Rows)
        {
            var places = deployment.All(row.Type).Where(one => one.Part == row.Part).ToList();
            if (places.Count > 0 && !row.Proof(deployment))
                yield return $"Nothing {row.Call}: {row.Role} is not needed.";
            needed.UnionWith(places.SelectMany(place => row.Callers(deployment, place).Select(caller => (place.Id, Roles[row.Role], caller))));
        }

        var granted = deployment.All("Microsoft.Authorization/roleAssignments").Select(one => (Scope: one.ParentId, Role: one["properties.roleDefinitionId"]!.Split('/')[^1], Caller: Caller(one))).ToList();
        foreach (var (scope, role, caller) in granted.Where(one => !needed.Contains(one)))
            yield return $"{Last(caller)} may act as {Name(role)} on {Last(scope)}, which no call needs.";
        foreach (var (scope, role, caller) in needed.Except(granted))
            yield return $"{Last(caller)} needs to be {Name(role)} on {Last(scope)}.";
        foreach (var twice in granted.GroupBy(one => one).Where(one => one.Count() > 1))
            yield return $"{Name(twice.Key.Role)} is granted twice on {Last(twice.Key.Scope)}.";
    }

    private static IEnumerable<string> EveryStamp(Deployment deployment, Resource place) =>
        deployment.All("Microsoft.ManagedIdentity/userAssignedIdentities").Where(one => one.Part == "stamp").Select(one => one.Id);

    private static IEnumerable<string> OwnStamp(Deployment deployment, Resource place) =>
        deployment.All("Microsoft.ManagedIdentity/userAssignedIdentities").Where(one => one.Part == "stamp" && one.Group == place.Group).Select(one => one.Id);

    // The deployment's own principal is no resource of it.
    private static IEnumerable<string> Publisher(Deployment deployment) =>
        deployment.All("Microsoft.Authorization/roleAssignments").Select(Caller).Where(one => !one.StartsWith('/')).Distinct();

    private static bool Told(Deployment deployment, string setting) =>
        deployment.All("Microsoft.Web/sites/config").All(one => one.At("properties." + setting) is not null);

    // "[reference('/subscriptions/…/id-x', 'version').principalId]" names the identity; anything else is a principal itself.
    private static string Caller(Resource assignment) =>
        assignment["properties.principalId"] is var principal && principal!.StartsWith("[reference('", StringComparison.Ordinal) ? principal.Split('\'')[1] : principal!;

    private static string Name(string role) => Roles.FirstOrDefault(one => one.Value == role).Key ?? role;

    private static string Last(string id) => id.Split('/')[^1];
}
