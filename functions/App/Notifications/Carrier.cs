namespace Serverless.Notifications;

/// <summary>Who takes a notification on its last way: one queue and one provider each.</summary>
public enum Carrier
{
    /// <summary>Apple's push service.</summary>
    Ios,

    /// <summary>Google's: Android devices, and browsers.</summary>
    Android,

    /// <summary>Text messages.</summary>
    Sms,

    /// <summary>Mail.</summary>
    Email,

    /// <summary>The list inside the app.</summary>
    InApp,
}

/// <summary>What follows from a carrier.</summary>
internal static class Carriers
{
    public static readonly IReadOnlyList<Carrier> All = Enum.GetValues<Carrier>();

    /// <summary>The channel that it serves.</summary>
    public static Channel Channel(this Carrier carrier) => carrier switch
    {
        Carrier.Ios or Carrier.Android => Notifications.Channel.Push,
        Carrier.Sms => Notifications.Channel.Sms,
        Carrier.Email => Notifications.Channel.Email,
        _ => Notifications.Channel.InApp,
    };

    /// <summary>Its name in the API, in queues and in keys: ios, android, sms, email or inapp.</summary>
    public static string Name(this Carrier carrier) => carrier switch
    {
        Carrier.Ios => "ios",
        Carrier.Android => "android",
        Carrier.Sms => "sms",
        Carrier.Email => "email",
        _ => "inapp",
    };

    /// <summary>The name of its queue.</summary>
    public static string Queue(this Carrier carrier) => $"notify-{carrier.Name()}";

    /// <summary>The name of a channel in the API: push, sms, email or inapp.</summary>
    public static string Name(this Channel channel) => channel switch
    {
        Notifications.Channel.Push => "push",
        Notifications.Channel.Sms => "sms",
        Notifications.Channel.Email => "email",
        _ => "inapp",
    };

    /// <summary>The channel of a name; null when there is none such.</summary>
    public static Channel? ChannelOf(string? name) => name switch
    {
        "push" => Notifications.Channel.Push,
        "sms" => Notifications.Channel.Sms,
        "email" => Notifications.Channel.Email,
        "inapp" => Notifications.Channel.InApp,
        _ => null,
    };
}
