using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.Tests.Infra;

/// <summary>Who gets in, and what is kept from whom.</summary>
internal static partial class SecurityPolicies
{
    private static readonly Func<Deployment, IEnumerable<string>> NoKeys = Policy.Values(
        ("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "false"),
        ("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", "true"),
        ("Microsoft.SignalRService/signalR", "properties.disableLocalAuth", "true"),
        ("Microsoft.Insights/components", "properties.DisableLocalAuth", "true"),
        ("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", "true"),
        ("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "true"),
        ("Microsoft.Web/sites", "properties.siteConfig.ftpsState", "Disabled"),
        ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", "false"));

    public static IEnumerable<Policy> All { get; } =
    [
        new("No secret is in an output, a setting or a template", SecretsInTheOpen) { ReadsTemplate = true },
        new("Nobody signs in with a key", deployment => NoKeys(deployment).Concat(PublishingPasswords(deployment))),
        new("No blob is public", Policy.Values(
            ("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "false"),
            ("Microsoft.Storage/storageAccounts/blobServices/containers", "properties.publicAccess", "None"))),
        new("Nothing is older than TLS 1.2", Policy.Values(
            ("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2"),
            ("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "true"),
            ("Microsoft.ServiceBus/namespaces", "properties.minimumTlsVersion", "1.2"),
            ("Microsoft.Web/sites", "properties.httpsOnly", "true"),
            ("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2"),
            ("Microsoft.Web/sites", "properties.siteConfig.scmMinTlsVersion", "1.2"),
            ("Microsoft.Cdn/profiles/afdEndpoints/routes", "properties.forwardingProtocol", "HttpsOnly"),
            ("Microsoft.Cdn/profiles/customDomains", "properties.tlsSettings.minimumTlsVersion", "TLS12"))),
        new("A stamp behind Front Door is reached through it alone", OpenStamps),
        new("SignalR takes the page's connections and calls nobody", SignalR),
    ];

    private static IEnumerable<string> PublishingPasswords(Deployment deployment) =>
        from site in deployment.All("Microsoft.Web/sites")
        from way in (string[])["ftp", "scm"]
        where !deployment.Below(site).Any(one => one.Id.EndsWith("/basicPublishingCredentialsPolicies/" + way, StringComparison.Ordinal))
        select $"{site}: nothing forbids passwords for {way}.";

    private static IEnumerable<string> SecretsInTheOpen(Deployment deployment)
    {
        foreach (Match call in SecretCall().Matches(deployment.Template!.ToJsonString()))
            yield return $"The template calls {call.Value}.";
        foreach (var (path, value) in Leaves(deployment.Outputs, "outputs"))
        {
            if (SecretName().IsMatch(path) || SecretValue().IsMatch(value))
                yield return $"{path} may be a secret.";
        }

        foreach (var settings in deployment.All("Microsoft.Web/sites/config"))
        {
            foreach (var (path, value) in Leaves(settings.Json["properties"], ""))
            {
                var refers = value.Contains("@Microsoft.KeyVault(SecretUri=", StringComparison.Ordinal);
                if (SecretValue().IsMatch(value) || (SecretName().IsMatch(path) && !refers))
                    yield return $"{settings}: {path.TrimStart('.')} is not a Key Vault reference.";
            }
        }
    }

    private static IEnumerable<string> OpenStamps(Deployment deployment)
    {
        if (!deployment.All("Microsoft.Cdn/profiles").Any())
            yield break;
        foreach (var site in deployment.All("Microsoft.Web/sites"))
        {
            if (site["properties.publicNetworkAccess"] == "Disabled")
            {
                if (!deployment.All("Microsoft.Cdn/profiles/originGroups/origins").Any(origin => origin["properties.sharedPrivateLinkResource.privateLink.id"] == site.Id))
                    yield return $"{site}: no origin of Front Door reaches it.";
            }
            else if (site["properties.siteConfig.ipSecurityRestrictionsDefaultAction"] != "Deny"
                || site.At("properties.siteConfig.ipSecurityRestrictions") is not JsonArray { Count: 1 }
                || site["properties.siteConfig.ipSecurityRestrictions.0.ipAddress"] != "AzureFrontDoor.Backend"
                || site["properties.siteConfig.ipSecurityRestrictions.0.headers.x-azure-fdid.0"]?.Contains("frontDoorId", StringComparison.Ordinal) != true)
            {
                yield return $"{site}: others than this Front Door reach it.";
            }
        }
    }

    private static IEnumerable<string> SignalR(Deployment deployment)
    {
        foreach (var service in deployment.All("Microsoft.SignalRService/signalR"))
        {
            if (service["properties.features.0.value"] != "Serverless" || service.At("properties.upstream") is not null)
                yield return $"{service}: it is not serverless, or has an upstream.";
            if (service.At("properties.cors.allowedOrigins") is not JsonArray { Count: > 0 } origins || origins.Any(one => (string)one! == "*"))
                yield return $"{service}: any page may connect.";
        }
    }

    private static IEnumerable<(string Path, string Value)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Leaves(field.Value, $"{path}.{field.Key}")),
        JsonArray items => items.SelectMany((item, i) => Leaves(item, $"{path}.{i}")),
        null => [],
        _ => [(path, node.ToString())],
    };

    [GeneratedRegex(@"\b(list[A-Z]\w*|getSecret)\(")]
    private static partial Regex SecretCall();

    // A service's key is its name, and hashes of secrets are none. The connection string of Application Insights names a place, and lets nobody in while local auth is off.
    [GeneratedRegex(@"(?<!Auth__Services__\d+__)(Key|Secret|Password|Credentials|Token)$")]
    private static partial Regex SecretName();

    [GeneratedRegex("AccountKey=|SharedAccessKey|AccessKey=|-----BEGIN|sig=|Password=")]
    private static partial Regex SecretValue();
}
