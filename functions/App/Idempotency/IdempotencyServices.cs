using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Idempotency;

/// <summary>Registers the room.</summary>
internal static class IdempotencyServices
{
    public static IServiceCollection AddIdempotency(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<IdempotencyOptions>().Bind(configuration.GetSection(IdempotencyOptions.Section)).ValidateDataAnnotations();
        services.AddSingleton(provider => new KeyRegisters(
            provider.GetRequiredService<StrictRegisters>(), provider.GetRequiredService<IOptions<IdempotencyOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Random>()));
        services.AddSingleton(provider => new IdempotentRequests(
            provider.GetRequiredService<KeyRegisters>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<IdempotentRequests>>()));
        services.AddSingleton<RunOnce>(provider => provider.GetRequiredService<IdempotentRequests>().RunAsync);
        services.AddSingleton(provider => new IdempotencyExpiry(
            provider.GetRequiredService<KeyExpiry>(), provider.GetRequiredService<KeyRegisters>()));
        return services;
    }
}
