using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serverless.Http;

namespace Serverless.Notifications;

/// <summary>Registers the providers that are configured; an own list inside the app everybody has.</summary>
internal static class ProviderServices
{
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IProvider, InAppProvider>();
        services.AddOptions<ApnsOptions>(configuration, ApnsOptions.Section, options => options.Problem());
        services.AddOptions<FcmOptions>(configuration, FcmOptions.Section, options => options.Problem());
        services.AddOptions<SmsOptions>(configuration, SmsOptions.Section, options => options.Problem());
        services.AddOptions<MailOptions>(configuration, MailOptions.Section, options => options.Problem());
        if (configuration[$"{ApnsOptions.Section}:{nameof(ApnsOptions.KeyId)}"] is { Length: > 0 })
            services.AddSingleton<ApnsTokens>().AddProvider<ApnsProvider, ApnsOptions>();
        if (configuration[$"{FcmOptions.Section}:{nameof(FcmOptions.ProjectId)}"] is { Length: > 0 })
            services.AddSingleton<FcmTokens>().AddProvider<FcmProvider, FcmOptions>();
        if (configuration[$"{SmsOptions.Section}:{nameof(SmsOptions.Endpoint)}"] is { Length: > 0 })
            services.AddProvider<SmsProvider, SmsOptions>();
        if (configuration[$"{MailOptions.Section}:{nameof(MailOptions.Host)}"] is { Length: > 0 })
            services.AddSingleton<MailConnections>().AddProvider<MailProvider, MailOptions>();
        return services;
    }

    private static void AddOptions<T>(this IServiceCollection services, IConfiguration configuration, string section, Func<T, string?> problem)
        where T : class
    {
        services.AddOptionsWithValidateOnStart<T>().Bind(configuration.GetSection(section)).ValidateDataAnnotations();
        services.AddSingleton<IValidateOptions<T>>(new SentenceValidator<T>(problem));
    }

    private static void AddProvider<TProvider, TOptions>(this IServiceCollection services)
        where TProvider : class, IProvider
        where TOptions : ProviderLimits =>
        services.AddSingleton<IProvider>(provider => new ResilientProvider(
            ActivatorUtilities.CreateInstance<TProvider>(provider), provider.GetRequiredService<IOptions<TOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
}
