using Microsoft.AspNetCore.Hosting.Server;
using Serverless.Local.Head;
using Serverless.Realtime;

namespace Serverless.Local.Realtime;

/// <summary>Puts the hub of a head, and the ways to those of others, together.</summary>
internal static class LocalRealtimeServices
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <param name="services">The head's.</param>
    /// <param name="here">The head's region.</param>
    /// <param name="regions">All regions.</param>
    /// <param name="folder">The cloud's data folder; null when nothing is kept.</param>
    public static void AddLocalRealtime(this IServiceCollection services, string here, IReadOnlyList<string> regions, string? folder)
    {
        services.AddSignalR();
        services.AddCors();
        services.AddSingleton(new HubDirectory(folder));
        services.AddSingleton<HeadHub>();
        services.AddSingleton(provider =>
        {
            var http = new HttpClient { Timeout = Limit };
            return new RealtimeRegions(here, regions.ToDictionary(region => region, region => (IRealtime)new LocalRealtime(
                region, region == here ? provider.GetRequiredService<HeadHub>() : null, provider.GetRequiredService<HubDirectory>(), provider.GetRequiredService<DevIdentity>(),
                provider.GetRequiredService<IServer>(), http)));
        });
        services.AddSingleton(provider => provider.GetRequiredService<RealtimeRegions>().Of(here)!);
    }

    /// <summary>The hub, and what other heads ask of it.</summary>
    /// <param name="app">The head.</param>
    /// <param name="page">Where the page is, when it is not here: as with Azure SignalR Service, browsers must be told that it may connect.</param>
    public static void MapLocalRealtime(this WebApplication app, Uri? page)
    {
        app.UseWhen(http => http.Request.Path.StartsWithSegments(LocalRealtime.Path), hub =>
        {
            if (page is not null)
                hub.UseCors(policy => policy.WithOrigins(page.GetLeftPart(UriPartial.Authority)).AllowAnyHeader().AllowAnyMethod().AllowCredentials());
            hub.Use(LocalRealtime.IdentifyAsync);
        });
        app.MapHub<EventsHub>(LocalRealtime.Path);
        app.MapPost(LocalRealtime.OrdersPath, async (HubOrder order, HeadHub hub, HttpContext http) => await hub.RunAsync(order, http.RequestAborted));
    }
}
