using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Serverless.Http;

/// <summary>Registers the room.</summary>
internal static class HttpServices
{
    public static IServiceCollection AddHttp(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<AuthOptions>().Bind(configuration.GetSection(AuthOptions.Section));
        services.AddSingleton<IValidateOptions<AuthOptions>>(new SentenceValidator<AuthOptions>(o => o.Problem()));
        services.TryAddSingleton(AccessTable.Of(typeof(HttpServices).Assembly));
        services.TryAddSingleton(RouteTable.Of(typeof(HttpServices).Assembly));
        services.TryAddSingleton(provider => IdempotentFunctions.Of(typeof(HttpServices).Assembly, provider.GetService<RunOnce>()));
        services.TryAddSingleton(provider => FunctionCalls.Of(
            typeof(HttpServices).Assembly, provider.GetRequiredService<IdempotentFunctions>(), provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddSingleton<UserTokens>();
        services.AddSingleton<Authentication>();
        services.AddSingleton<HttpMetrics>();
        services.AddSingleton<HttpGate>();
        services.AddSingleton<StampHealth>();
        return services;
    }
}
