using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Capacity;
using Serverless.Chat;
using Serverless.Http;
using Serverless.Idempotency;
using Serverless.Ids;
using Serverless.Kv;
using Serverless.Limits;
using Serverless.Notifications;
using Serverless.Replication;

namespace Serverless;

/// <summary>The rooms of the app, one line each; both heads call this and nothing else.</summary>
public static class ServerlessApp
{
    public static IServiceCollection AddServerless(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Random>(new SecureRandom());
        services.AddHttp(configuration);
        services.AddReplication(configuration);
        services.AddIdempotency(configuration);
        services.AddSingleton<KvStore>();
        services.AddIds(configuration);
        services.AddLimits(configuration);
        services.AddNotifications(configuration);
        services.AddChat();
        services.AddSingleton(ReferenceBook.Current);
        services.AddSingleton<Estimator>();
        return services;
    }
}
