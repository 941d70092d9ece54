using Azure.Core;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serverless.Queues;

namespace Serverless.AzureHead;

/// <summary>The Azure head: the isolated worker with managed identity.</summary>
public static class Program
{
    public static void Main(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<HttpGateMiddleware>();

        // The functions bound their bodies themselves and answer 413; the server's own limit would be a bare 500.
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.AddSingleton<TokenCredential>(_ => Identity(builder.Configuration));
        builder.Services.AddSingleton(services => new ServiceBusClient(
            builder.Configuration["ServiceBus:fullyQualifiedNamespace"] ?? throw new InvalidOperationException(
                "The setting ServiceBus__fullyQualifiedNamespace is missing: name the stamp's Service Bus namespace."),
            services.GetRequiredService<TokenCredential>()));
        builder.Services.AddSingleton<IMessageSender, ServiceBusMessageSender>();
        builder.Services.AddSignalRRegions(builder.Configuration);
        builder.Services.AddServerless(builder.Configuration);
        builder.Services.AddMetricExport(builder.Configuration);

        builder.Build().Run();
    }

    // AZURE_CLIENT_ID names the user-assigned identity of the stamp; without it (a developer's machine) the usual chain is tried.
    private static TokenCredential Identity(IConfiguration configuration) =>
        configuration["AZURE_CLIENT_ID"] is { Length: > 0 } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : new DefaultAzureCredential();
}
