using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serverless.Http;
using Serverless.Ids;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Registers the room.</summary>
internal static class NotificationServices
{
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<NotificationsOptions>().Bind(configuration.GetSection(NotificationsOptions.Section)).ValidateDataAnnotations();
        services.AddSingleton<IValidateOptions<NotificationsOptions>>(new SentenceValidator<NotificationsOptions>(o => o.Problem()));
        services.AddSingleton<NotificationsMetrics>();
        services.AddSingleton<PeopleStore>();
        services.AddSingleton<LedgerStore>();
        services.AddSingleton<LedgerReader>();
        services.AddSingleton<OpenChunks>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<CountStore>();
        services.AddSingleton<InboxStore>();
        services.AddProviders(configuration);
        services.AddSingleton<NotifyQueues>();
        services.AddSingleton<Acceptance>();
        services.AddSingleton<Revival>();
        services.AddSingleton<EventLinks>();
        services.AddSingleton(provider => new EventRecorder(provider.GetRequiredService<LedgerStore>(), provider.GetRequiredService<Settlement>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FrequencyCaps>();
        services.AddSingleton<AdmitDelivery>(provider => provider.GetRequiredService<FrequencyCaps>().AdmitsAsync);
        services.AddSingleton<TemplateStore>();
        services.AddSingleton<Renderer>();
        services.AddSingleton<RenderContent>(provider => provider.GetRequiredService<Renderer>().RenderAsync);
        services.AddByItsConstructor<Notices>();
        services.AddSingleton<AcceptanceCheck>();
        services.AddSingleton(provider => new NotificationSender(
            provider.GetRequiredService<Acceptance>(), provider.GetRequiredService<AcceptanceCheck>(), provider.GetRequiredService<Uuid7Generator>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SendTurn>();
        services.AddSingleton<Settlement>();
        services.AddSingleton(provider => new FanoutWorker(
            provider.GetRequiredService<LedgerStore>(), provider.GetRequiredService<PeopleStore>(), provider.GetRequiredService<NotifyQueues>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FanoutWorker>>()));
        services.AddSingleton(provider => new BatchSender(
            provider.GetRequiredService<LedgerStore>(), provider.GetRequiredService<SendTurn>(), provider.GetServices<IProvider>(), provider.GetRequiredService<Settlement>(),
            provider.GetRequiredService<NotifyQueues>(), provider.GetRequiredService<IOptions<NotificationsOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Random>(),
            provider.GetRequiredService<NotificationsMetrics>(), provider.GetRequiredService<ILogger<BatchSender>>()));
        services.AddSingleton(provider => new OpenSweeper(
            provider.GetRequiredService<OpenChunks>(), provider.GetRequiredService<LedgerStore>(), provider.GetRequiredService<NotifyQueues>(), provider.GetRequiredService<ClusterViews>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new PoisonMessages(
            provider.GetRequiredService<OpenChunks>(), provider.GetRequiredService<DeadLetters>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new NotificationsExpiry(
            provider.GetRequiredService<KeyExpiry>(), provider.GetRequiredService<StrictRegisters>(), provider.GetRequiredService<IOptions<NotificationsOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
