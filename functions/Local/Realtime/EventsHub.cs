using Microsoft.AspNetCore.SignalR;

namespace Serverless.Local.Realtime;

/// <summary>The hub in place of Azure SignalR Service. Clients only listen: what they say they say over HTTP.</summary>
internal sealed class EventsHub : Hub;
