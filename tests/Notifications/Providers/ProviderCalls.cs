using Serverless.Notifications;

namespace Serverless.Tests.Notifications;

/// <summary>Calls and answers, for tests of providers.</summary>
internal static class ProviderCalls
{
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    public static ProviderCall Call(string delivery = "0123456789abcdef0123456789abcdef.0.ios.0.7", string to = "abc", string body = "there", string? html = null) => new(
        delivery, Now, delivery[..32], "alice", to, "shop", Platform.Ios, new Content("Hi", body, html), "orders", Priority.Normal, null, Now.AddHours(1), "https://example.com/e");

    /// <summary>An answer as the tables write it.</summary>
    public static string Text(ProviderAnswer answer) => answer switch
    {
        ProviderAnswer.Taken => "taken",
        ProviderAnswer.AddressDead(_, var since) => since is null ? "dead" : $"dead since {since.Value.ToUnixTimeSeconds()}",
        ProviderAnswer.Refused => "refused",
        ProviderAnswer.Later(_, var after) later => $"later{(after is { } pause ? $" {pause.TotalSeconds:0}" : "")}{(later.WasAsked ? "" : " unasked")}",
        ProviderAnswer.Misconfigured => "misconfigured",
        _ => "unknown",
    };

    /// <summary>A port at which nothing listens.</summary>
    public static readonly Uri Nowhere = new("http://127.0.0.1:9");
}
