using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>Registers the rules of the limiter. Rule sets registered as services are built in.</summary>
internal static class LimitRulesServices
{
    public static IServiceCollection AddLimitRules(this IServiceCollection services)
    {
        services.AddSingleton(provider => new LimitRulesStore(provider.GetRequiredService<ReplicatedStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new LimitRulesView(
            provider.GetRequiredService<LimitRulesStore>(), [.. provider.GetServices<LimitRuleSet>()], provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LimitRulesView>>()));
        return services;
    }
}
