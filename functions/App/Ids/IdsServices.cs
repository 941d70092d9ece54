using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Http;

namespace Serverless.Ids;

/// <summary>Registers the room.</summary>
internal static class IdsServices
{
    public static IServiceCollection AddIds(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<IdsOptions>().Bind(configuration.GetSection(IdsOptions.Section)).ValidateDataAnnotations();
        services.AddSingleton<IValidateOptions<IdsOptions>>(provider =>
            new SentenceValidator<IdsOptions>(o => o.Problem(provider.GetRequiredService<TimeProvider>().GetUtcNow())));
        services.AddSingleton(provider => new SnowflakeLayout(provider.GetRequiredService<IOptions<IdsOptions>>()));
        services.AddSingleton<IdsMetrics>();
        services.AddSingleton<HighWater>();
        services.AddSingleton<AgreedLayout>();
        services.AddSingleton<WorkerLeases>();
        services.AddSingleton(provider => new SnowflakeSource(
            provider.GetRequiredService<WorkerLeases>(), provider.GetRequiredService<SnowflakeLayout>(), provider.GetRequiredService<IOptions<IdsOptions>>(),
            provider.GetRequiredService<IdsMetrics>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SnowflakeSource>>()));
        services.AddSingleton<SegmentStore>();
        services.AddSingleton<SequenceSource>();
        services.AddSingleton<Uuid7Generator>();
        services.AddSingleton(provider => new IdIssuer(
            provider.GetRequiredService<SnowflakeSource>(), provider.GetRequiredService<SequenceSource>(), provider.GetRequiredService<Uuid7Generator>(),
            provider.GetRequiredService<IdsMetrics>(), provider.GetRequiredService<Random>()));
        services.AddSingleton<IdDecoder>();
        services.AddSingleton<StampCheck>(provider => new IdsHealth(
            provider.GetRequiredService<SnowflakeLayout>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<IdsHealth>>()).CheckAsync);
        return services;
    }
}
