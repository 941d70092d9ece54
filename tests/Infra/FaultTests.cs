namespace Serverless.Tests.Infra;

/// <summary>Each policy notices what it is there for: the template is copied, one line of the copy is broken, and the compiler makes of it what it would make of ours.</summary>
[Collection("Infra")]
public class FaultTests(InfraFiles infra)
{
    /// <summary>What is broken: a policy, a parameter file under which it shows, and a line of a file before and after.</summary>
    public static TheoryData<string, string, string, string, string> Faults => new()
    {
        { "No secret is in an output, a setting or a template", "prod-kr", "shared/settings.bicep", "Notifications__Email__Password: secret(vault, 'email-password')", "Notifications__Email__Password: vault" },
        { "No secret is in an output, a setting or a template", "dev", "stamp/app.bicep", "output host string = app.properties.defaultHostName", "output host string = app.properties.defaultHostName\n#disable-next-line outputs-should-not-contain-secrets\noutput key string = app.listKeys().key" },
        { "Nobody signs in with a key", "dev", "shared/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true" },
        { "Nobody signs in with a key", "dev", "stamp/servicebus.bicep", "disableLocalAuth: true", "disableLocalAuth: false" },
        { "Nobody signs in with a key", "dev", "stamp/app.bicep", "properties: { allow: false }", "properties: { allow: true }" },
        { "No blob is public", "dev", "shared/storage.bicep", "allowBlobPublicAccess: false", "allowBlobPublicAccess: true" },
        { "No blob is public", "dev", "shared/storage.bicep", "publicAccess: 'None'", "publicAccess: 'Blob'" },
        { "Nothing is older than TLS 1.2", "dev", "shared/storage.bicep", "TLS1_2", "TLS1_0" },
        { "Nothing is older than TLS 1.2", "dev", "stamp/app.bicep", "minTlsVersion: '1.2'", "minTlsVersion: '1.1'" },
        { "A stamp behind Front Door is reached through it alone", "prod-kr", "stamp/app.bicep", "ipSecurityRestrictionsDefaultAction: locked ? 'Deny' : 'Allow'", "ipSecurityRestrictionsDefaultAction: 'Allow'" },
        { "A stamp behind Front Door is reached through it alone", "prod-kr", "stamp/app.bicep", "headers: { 'x-azure-fdid': [frontDoorId] }", "headers: { 'x-forwarded-host': [frontDoorId] }" },
        { "A stamp behind Front Door is reached through it alone", "prod-global", "shared/routes.bicep", "privateLink: { id: stamp.app }", "privateLink: { id: page.id }" },
        { "SignalR takes the page's connections and calls nobody", "dev", "stamp/signalr.bicep", "allowedOrigins: origins", "allowedOrigins: concat(origins, ['*'])" },
        { "Every resource that has diagnostics sends them to the workspace", "dev", "shared/vault.bicep", "scope: vault\n  name: 'workspace'", "name: 'workspace'" },
        { "Every resource says whose it is", "dev", "stamp/identity.bicep", "tags: tags", "tags: { name: tags.name }" },
        { "Every queue that the code names exists, and no other", "dev", "../functions/App/Queues/queues.json", "\"chat-relay\",", "" },
        { "Every queue that the code names exists, and no other", "dev", "../functions/App/Queues/queues.json", "\"chat-relay\",", "\"chat-relay\", \"chat-nobody\"," },
        { "Queues deliver as their one file says", "dev", "stamp/servicebus.bicep", "lockDuration: 'PT${settings.lockSeconds}S'", "lockDuration: 'PT60S'" },
        { "No more instances can issue ids than there are worker ids", "prod-kr", "main.bicep", "var workerIds = 128", "var workerIds = 1024" },
        { "No more instances can issue ids than there are worker ids", "dev", "stamp/app.bicep", "maximumInstanceCount: size.instances", "maximumInstanceCount: 200" },
        { "Front Door probes what answers HEAD to everyone", "prod-kr", "shared/probe.json", "/api/health", "/api/cluster" },
        { "Alerts and charts ask for metrics that the code measures", "dev", "shared/queries/nodes.kql", "serverless.replication.node.down", "serverless.replication.nodes.dead" },
        { "The app finds every setting that it needs", "dev", "shared/settings.bicep", "Auth__Audience: auth.audience", "" },
        { "The app finds every setting that it needs", "dev", "stamp/app.bicep", "AZURE_CLIENT_ID: identity.client", "" },
        { "No setting is unknown", "dev", "shared/settings.bicep", "Cluster__Region: location", "Cluster__Region: location\n    Cluster__Zone: location" },
        { "Every role that is granted is used, and every call has its role", "dev", "shared/roles.bicep", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0", "090c5cfd-751d-490a-894a-3ce6f1109419" },
        { "Every role that is granted is used, and every call has its role", "dev", "stamp/stamp.bicep", "union(owner, { role: role.storageTableDataContributor, need: 'The host writes its diagnostic events.' })", "" },
        { "Every role that is granted is used, and every call has its role", "prod-kr", "main.bicep", "grants: [for (one, i) in stamps: {\n      identity: identities[i].outputs.id\n      principal: identities[i]", "grants: [for (one, i) in stamps: {\n      identity: identities[0].outputs.id\n      principal: identities[0]" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_broken_line_is_caught(string policy, string parameters, string file, string line, string broken)
    {
        var rule = AllPolicies.List.Single(one => one.Name == policy);
        var violations = rule.Violations(await infra.BrokenAsync(parameters, file, line, broken, rule.ReadsTemplate)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(Environment.NewLine, violations));
        Assert.NotEmpty(violations);
    }

    [Fact]
    public void Each_policy_has_a_line_that_breaks_it() =>
        Assert.Equal(AllPolicies.List.Select(policy => policy.Name).Order(StringComparer.Ordinal), Faults.Select(fault => fault.Data.Item1).Distinct().Order(StringComparer.Ordinal));
}
