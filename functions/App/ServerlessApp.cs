using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Http;

namespace Serverless;

/// <summary>The rooms of the app, one line each; both heads call this and nothing else.</summary>
public static class ServerlessApp
{
    public static IServiceCollection AddServerless(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(RouteTable.Of(typeof(ServerlessApp).Assembly));
        services.AddSingleton<HttpGate>();
        return services;
    }
}
