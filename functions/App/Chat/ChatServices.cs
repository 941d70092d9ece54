using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Chat;

/// <summary>Registers the room.</summary>
internal static class ChatServices
{
    public static IServiceCollection AddChat(this IServiceCollection services) => services
        .AddSingleton<ChatMetrics>()
        .AddByItsConstructor<RoomIds>()
        .AddSingleton<HistoryStore>()
        .AddSingleton<SentIds>()
        .AddSingleton<TailCopy>()
        .AddByItsConstructor<RoomReader>()
        .AddByItsConstructor<Memberships>()
        .AddByItsConstructor<Marks>()
        .AddByItsConstructor<Contacts>()
        .AddByItsConstructor<Profiles>()
        .AddByItsConstructor<PresenceStore>()
        .AddByItsConstructor<Pushes>()
        .AddSingleton<AbsentSchedule>()
        .AddSingleton<IRoomListener, RoomTelling>()
        .AddByItsConstructor<RoomStore>()
        .AddSingleton<RecentRooms>()
        .AddByItsConstructor<RoomSender>()
        .AddByItsConstructor<RoomOpening>()
        .AddByItsConstructor<RoomListing>()
        .AddByItsConstructor<Syncing>()
        .AddSingleton<Announcements>()
        .AddByItsConstructor<Departures>()
        .AddByItsConstructor<Heartbeats>()
        .AddByItsConstructor<Acquaintance>()
        .AddByItsConstructor<ContactWishes>()
        .AddByItsConstructor<AbsentNotices>();
}
