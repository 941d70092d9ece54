using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Ids;
using Serverless.Queues;
using Serverless.Tests.Contracts;

namespace Serverless.Tests.Infra;

/// <summary>That what runs is seen, and what the code needs is there.</summary>
internal static partial class OperationPolicies
{
    public static IEnumerable<Policy> All { get; } =
    [
        new("Every resource that has diagnostics sends them to the workspace", Diagnostics),
        new("Every resource says whose it is", Tags),
        new("Every queue that the code names exists, and no other", Queues),
        new("Queues deliver as their one file says", Policy.Values(
            ("Microsoft.ServiceBus/namespaces/queues", "properties.lockDuration", $"PT{QueueSettings.Ours.LockSeconds}S"),
            ("Microsoft.ServiceBus/namespaces/queues", "properties.maxDeliveryCount", $"{QueueSettings.Ours.MaxDeliveryCount}"),
            ("Microsoft.ServiceBus/namespaces/queues", "properties.defaultMessageTimeToLive", $"P{QueueSettings.Ours.LifeDays}D"),
            ("Microsoft.ServiceBus/namespaces/queues", "properties.duplicateDetectionHistoryTimeWindow", $"PT{QueueSettings.Ours.DuplicateMinutes}M"),
            ("Microsoft.ServiceBus/namespaces/queues", "properties.requiresDuplicateDetection", "true"),
            ("Microsoft.ServiceBus/namespaces/queues", "properties.deadLetteringOnMessageExpiration", "true"))),
        new("No more instances can issue ids than there are worker ids", WorkerIds) { ReadsTemplate = true },
        new("Front Door probes what answers HEAD to everyone", Probes),
        new("Alerts and charts ask for metrics that the code measures", Metrics),
    ];

    // What has none: containers of other things, roles, names, rules that act elsewhere, and parts that their parent reports on.
    private static readonly string[] Silent =
    [
        "Microsoft.Resources/resourceGroups", "Microsoft.Authorization/roleAssignments", "Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Insights/actionGroups", "Microsoft.Insights/scheduledQueryRules", "Microsoft.Insights/metricAlerts", "Microsoft.Insights/workbooks",
        "Microsoft.Storage/storageAccounts/blobServices/containers", "Microsoft.ServiceBus/namespaces/queues", "Microsoft.Web/sites/config", "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups", "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/dnsZones", "Microsoft.Network/dnsZones/CNAME", "Microsoft.Network/dnsZones/TXT", "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
    ];

    // Attached to others, or without tags of its own.
    private static readonly string[] Untagged = ["Microsoft.Authorization/roleAssignments", "Microsoft.Insights/diagnosticSettings"];

    private static IEnumerable<string> Diagnostics(Deployment deployment) =>
        from resource in deployment.Resources
        where !Silent.Contains(resource.Type) && !resource.Type.StartsWith("Microsoft.Cdn/profiles/", StringComparison.Ordinal)
        where !deployment.All("Microsoft.Insights/diagnosticSettings").Any(one =>
            one.ParentId == resource.Id && one["properties.workspaceId"] == deployment.All("Microsoft.OperationalInsights/workspaces").Single().Id)
        select $"{resource} sends no diagnostics.";

    private static IEnumerable<string> Tags(Deployment deployment) =>
        from resource in deployment.Resources
        where !Untagged.Contains(resource.Type) && resource.Type.Count(c => c == '/') == 1
        where resource["tags.product"] is null || resource["tags.environment"] is null || resource["tags.name"] is null || resource.Part.Length == 0
        select $"{resource} has not all of its tags.";

    private static IEnumerable<string> Queues(Deployment deployment)
    {
        // Dead letters are a queue's own part.
        var named = AppFunctions.Queues.Select(AppFunctions.TriggerOf<ServiceBusTriggerAttribute>).Select(trigger => trigger.QueueName!.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var space in deployment.All("Microsoft.ServiceBus/namespaces"))
        {
            var there = deployment.Below(space).Where(one => one.Type == "Microsoft.ServiceBus/namespaces/queues").Select(one => one.Id.Split('/')[^1]).ToHashSet(StringComparer.Ordinal);
            foreach (var missing in named.Except(there))
                yield return $"{space}: the code uses {missing}, which is missing.";
            foreach (var idle in there.Except(named))
                yield return $"{space}: nothing uses {idle}.";
        }
    }

    private static IEnumerable<string> WorkerIds(Deployment deployment)
    {
        var ids = new IdsOptions();
        var groups = IssuingGroups.OfTheApp.Count;
        var (workers, told) = (1 << ids.WorkerBits, deployment.Template!["variables"]!);
        if ((int)told["workerIds"]! != workers || (int)told["issuingGroups"]! != groups)
            yield return $"The template counts {told["workerIds"]} worker ids and {told["issuingGroups"]} groups; there are {workers} and {groups}: {string.Join(", ", IssuingGroups.OfTheApp)}.";
        if ((int?)deployment.Template!["parameters"]!["regions"]!["maxLength"] != 1 << ids.DatacenterBits)
            yield return $"The template lets in other than {1 << ids.DatacenterBits} regions.";
        foreach (var site in deployment.All("Microsoft.Web/sites"))
        {
            var instances = int.Parse(site["properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount"]!, CultureInfo.InvariantCulture);
            if (instances * groups > workers)
                yield return $"{site}: {instances} instances of {groups} groups share {workers} worker ids.";
        }
    }

    private static IEnumerable<string> Probes(Deployment deployment)
    {
        var open = AccessTable.Of(typeof(ServerlessApp).Assembly);
        var answering = AppFunctions.Http
            .Where(one => open[AppFunctions.NameOf(one)] == Access.Anyone && AppFunctions.TriggerOf<HttpTriggerAttribute>(one).Methods!.Contains("head"))
            .Select(one => "/api/" + AppFunctions.RouteOf(one)).ToHashSet(StringComparer.Ordinal);
        return
            from origins in deployment.All("Microsoft.Cdn/profiles/originGroups")
            where origins.At("properties.healthProbeSettings") is not null
            where !answering.Contains(origins["properties.healthProbeSettings.probePath"]!) || origins["properties.healthProbeSettings.probeRequestType"] != "HEAD"
            select $"{origins} probes {origins["properties.healthProbeSettings.probePath"]}.";
    }

    private static IEnumerable<string> Metrics(Deployment deployment)
    {
        var queries = deployment.All("Microsoft.Insights/scheduledQueryRules").Select(one => (one, Query: one["properties.criteria.allOf.0.query"]!))
            .Concat(deployment.All("Microsoft.Insights/workbooks").SelectMany(one => JsonNode.Parse(one["properties.serializedData"]!)!["items"]!.AsArray().Select(item => (one, Query: (string)item!["content"]!["query"]!))));
        return
            from query in queries
            from name in Metric().Matches(query.Query).Select(match => match.Groups[1].Value).DefaultIfEmpty("no metric")
            where !Instruments.Value.Contains(name)
            select $"{query.one} asks for {name}.";
    }

    private static readonly Lazy<HashSet<string>> Instruments = new(() =>
        [.. Repository.Sources("functions/App").SelectMany(file => Created().Matches(File.ReadAllText(Path.Combine(Repository.Root, "functions/App", file))).Select(match => match.Groups[1].Value))]);

    [GeneratedRegex(@"'(serverless\.[\w.]+)'")]
    private static partial Regex Metric();

    [GeneratedRegex(@"_meter\.Create\w+(?:<\w+>)?\(\s*""(serverless\.[\w.]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Created();
}
