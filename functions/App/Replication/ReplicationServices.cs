using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serverless.Http;

namespace Serverless.Replication;

/// <summary>Registers the room.</summary>
internal static class ReplicationServices
{
    public static IServiceCollection AddReplication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<ReplicationOptions>().Bind(configuration.GetSection(ReplicationOptions.Section)).ValidateDataAnnotations();
        services.AddOptionsWithValidateOnStart<ClusterOptions>().Bind(configuration.GetSection(ClusterOptions.Section));
        services.AddSingleton<IValidateOptions<ReplicationOptions>>(new SentenceValidator<ReplicationOptions>(o => o.Problem()));
        services.AddSingleton<IValidateOptions<ClusterOptions>>(new SentenceValidator<ClusterOptions>(o => o.Problem()));
        services.AddSingleton(provider => new TableNodes(provider.GetService<TokenCredential>()));
        services.AddSingleton<ClusterStore>();
        services.AddSingleton(provider => new ClusterViews(
            provider.GetRequiredService<ClusterStore>(),
            provider.GetRequiredService<TableNodes>(),
            provider.GetRequiredService<IOptions<ClusterOptions>>(),
            provider.GetRequiredService<IOptions<ReplicationOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReplicationMetrics>();
        services.AddSingleton<HealthGossip>();
        services.AddSingleton<ReplicatedStore>();
        services.AddSingleton<StrictRegisters>();
        services.AddSingleton<Ballots>();
        services.AddSingleton<ClusterChange>(provider => provider.GetRequiredService<ClusterStore>().ChangeAsync);
        services.AddSingleton<Membership>();
        services.AddSingleton<StampDuties>();
        services.AddSingleton<CommitLog>();
        services.AddSingleton<RollUp>();
        services.AddSingleton<AntiEntropy>();
        services.AddSingleton<HintHandover>();
        services.AddSingleton<TombstoneReaper>();
        services.AddSingleton<KeyExpiry>();
        services.AddSingleton<NodeRefill>();
        services.AddSingleton<PartitionMover>();
        services.AddSingleton<StampCheck>(provider => new StampTables(provider.GetRequiredService<ClusterViews>()).CheckAsync);
        return services;
    }
}
