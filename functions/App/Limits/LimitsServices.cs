using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Limits;

/// <summary>Registers the room.</summary>
internal static class LimitsServices
{
    public static IServiceCollection AddLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<LimitsOptions>().Bind(configuration.GetSection(LimitsOptions.Section)).ValidateDataAnnotations();
        services.AddSingleton<LimitsMetrics>();
        services.AddSingleton<StorageClocks>();
        services.AddSingleton<SubjectHomes>();
        services.AddSingleton<SubjectStore>();
        services.AddSingleton<LimiterParts>();
        services.AddSingleton(provider => new Limiter(provider.GetRequiredService<LimiterParts>(), provider.GetRequiredService<IOptions<LimitsOptions>>()));
        services.AddSingleton(provider => new Reservations(
            provider.GetRequiredService<Limiter>(), provider.GetRequiredService<SubjectStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Random>()));
        services.AddSingleton(provider => new LimitsExpiry(
            provider.GetRequiredService<ClusterViews>(), provider.GetRequiredService<StorageClocks>(), provider.GetRequiredService<SubjectStore>(), provider.GetRequiredService<StampDuties>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(GuardRules.BuiltIn);
        services.AddLimitRules();
        services.AddOptionsWithValidateOnStart<GuardOptions>().Bind(configuration.GetSection(GuardOptions.Section));
        services.AddSingleton<IValidateOptions<GuardOptions>>(new SentenceValidator<GuardOptions>(o => o.Problem()));
        services.AddSingleton(provider => new ApiGuard(
            provider.GetRequiredService<LimitRulesView>(), provider.GetRequiredService<Limiter>(), provider.GetRequiredService<IOptions<GuardOptions>>(), provider.GetService<ReplayQueue>()));
        services.AddSingleton(provider => new ReplayStore(provider.GetRequiredService<ClusterViews>()));
        services.AddSingleton<ReplayQueue>();
        services.AddSingleton(provider => new ReplayRunner(
            provider.GetRequiredService<ApiGuard>(), provider.GetRequiredService<ReplayQueue>(), provider.GetRequiredService<ReplayStore>(), provider.GetRequiredService<FunctionCalls>(),
            provider.GetRequiredService<AccessTable>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Random>(), provider.GetRequiredService<ILogger<ReplayRunner>>()));
        services.AddSingleton<RequestGuard>(provider => provider.GetRequiredService<ApiGuard>().DecideAsync);
        return services;
    }
}
