using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Http;
using Serverless.Queues;

namespace Serverless.Local.Host;

/// <summary>The local head: the app's functions in one ASP.NET Core process.</summary>
public static class LocalHead
{
    /// <summary>Builds a head that is not started yet; more endpoints, outside the route prefix, may be mapped on it.</summary>
    public static WebApplication Create(LocalHeadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Never "Development": its exception page would answer where the real host gives a bare 500.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(options.Settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(options.Url);

        // The functions bound their bodies themselves, as on the other head.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);

        AddHost(builder.Services, options);
        builder.Services.AddServerless(builder.Configuration);
        AddTriggers(builder.Services, options);
        options.ConfigureServices?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapFunctions();
        app.MapAdmin();
        return app;
    }

    private static void AddHost(IServiceCollection services, LocalHeadOptions options)
    {
        var functions = options.Functions ?? FunctionCatalog.OfApp();
        services.AddRouting();
        services.AddSingleton(options.Clock);
        services.AddSingleton(functions);
        services.AddSingleton(new RouteTable(functions.Http.Select(f => f.Method)));
        services.AddSingleton(new AccessTable(functions.Http.Select(f => f.Method)));
        services.AddSingleton(options.Host ?? HostJson.BesideProgram());
        services.AddSingleton(new InvocationIds(options.Random ?? new Random(RandomNumberGenerator.GetInt32(int.MaxValue))));
        services.AddSingleton<FunctionKeys>();
        services.AddSingleton<TimerOrders>();
        services.AddHostedService(provider => provider.GetRequiredService<TimerOrders>());
    }

    private static void AddTriggers(IServiceCollection services, LocalHeadOptions options)
    {
        if (options.StorageConnectionString is not { } storage)
        {
            services.TryAddSingleton<IMessageSender, NoMessageSender>();
            return;
        }

        services.AddSingleton(new AzuriteQueues(storage));
        services.AddSingleton<IMessageSender, AzuriteMessageSender>();
        services.AddSingleton(options.Queues);
        services.AddSingleton(new TimerTable(storage));
        services.AddHostedService<TimerTriggers>();
        services.AddHostedService<QueueTriggers>();
    }
}
