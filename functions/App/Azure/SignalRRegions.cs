using System.Text.Json;
using Azure.Core;
using Azure.Core.Serialization;
using Microsoft.Azure.SignalR;
using Microsoft.Azure.SignalR.Management;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Realtime;

namespace Serverless.AzureHead;

/// <summary>
/// The SignalR Service of each region. The stamp's own is named by AzureSignalRConnectionString__serviceUri, those of the other stamps by Realtime__Regions__{region}: the sending region pushes into them.
/// </summary>
internal static class SignalRRegions
{
    public static IServiceCollection AddSignalRRegions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(provider =>
        {
            var (here, credential) = (configuration["Cluster:Region"] ?? "", provider.GetRequiredService<TokenCredential>());
            var regions = configuration.GetSection("Realtime:Regions").GetChildren().Where(other => other.Key != here && other.Value is { Length: > 0 })
                .ToDictionary(other => other.Key, other => (IRealtime)Open(new Uri(other.Value!), credential));
            regions[here] = Open(OwnAddress(configuration), credential);
            return new RealtimeRegions(here, regions);
        });
        services.AddSingleton(provider =>
        {
            var regions = provider.GetRequiredService<RealtimeRegions>();
            return regions.Of(regions.Here)!;
        });
        return services;
    }

    // Payloads are written by System.Text.Json; the SDK's own choice does not know its types.
    private static SignalRRealtime Open(Uri address, TokenCredential credential) => new(new ServiceManagerBuilder().WithOptions(options =>
    {
        options.ServiceEndpoints = [new ServiceEndpoint(address, credential)];
        options.ServiceTransportType = ServiceTransportType.Transient;
        options.UseJsonObjectSerializer(new JsonObjectSerializer(new JsonSerializerOptions(JsonSerializerDefaults.Web)));
    }).BuildServiceManager());

    private static Uri OwnAddress(IConfiguration configuration) => new(configuration["AzureSignalRConnectionString:serviceUri"] ?? throw new InvalidOperationException(
        "The setting AzureSignalRConnectionString__serviceUri is missing: name the stamp's SignalR Service."));
}
