using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Resources;

namespace Serverless.AzureHead;

/// <summary>Sends the metrics of all rooms (meters "Serverless.*") to Application Insights, once a minute, under the region as the role's name; without its connection string, nowhere.</summary>
internal static class MetricExport
{
    public const string Setting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    public static IServiceCollection AddMetricExport(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } connection)
            return services;

        services.AddOptions<AzureMonitorExporterOptions>().Configure<IServiceProvider>((options, provider) =>
            (options.ConnectionString, options.Credential) = (connection, provider.GetService<TokenCredential>()));
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(configuration["Cluster:Region"] ?? "serverless"))
            .WithMetrics(metrics => metrics.AddMeter("Serverless.*").AddAzureMonitorMetricExporter());
        return services;
    }
}
