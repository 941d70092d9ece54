namespace Serverless.Notifications;

/// <summary>What a provider is asked to bring to one address.</summary>
/// <param name="Delivery">Names the delivery, the same at every attempt: what providers can tell repetitions by is derived from it.</param>
/// <param name="Queued">When the delivery was queued first, the same at every attempt.</param>
/// <param name="Notification">Which notification it belongs to.</param>
/// <param name="User">Whose it is.</param>
/// <param name="To">A device's token, a phone number in E.164 (+821012345678), a mail address, or the user for the list in the app.</param>
/// <param name="App">The app that the device's token belongs to; null for what is no device.</param>
/// <param name="Platform">The device's; null for what is no device.</param>
/// <param name="Content">What it says.</param>
/// <param name="Category">Such as "security".</param>
/// <param name="Priority">How urgent it is.</param>
/// <param name="CollapseKey">Of several notifications with one key a device shows the last; null: each stands alone.</param>
/// <param name="Expires">Not to be shown after this; null: the provider's longest.</param>
/// <param name="EventsUrl">Where the app says that it was opened or clicked, signed; null when none is configured.</param>
public sealed record ProviderCall(
    string Delivery, DateTimeOffset Queued, string Notification, string User, string To, string? App, Platform? Platform, Content Content, string Category, Priority Priority,
    string? CollapseKey, DateTimeOffset? Expires, string? EventsUrl);
