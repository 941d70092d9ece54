using System.Collections;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Serverless.Tests.Infra;

/// <summary>What a stamp is told, against the options classes of the app: they must be content with it, and know all of it.</summary>
internal static class SettingsPolicies
{
    public static IEnumerable<Policy> All { get; } =
    [
        new("The app finds every setting that it needs", Refusals),
        new("No setting is unknown", Unknown),
    ];

    // What the host and the Azure head read themselves, by name; what ends in "__" is the beginning of names.
    private static readonly string[] OfTheHost =
    [
        "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__tableServiceUri",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "AZURE_CLIENT_ID",
        "ServiceBus__fullyQualifiedNamespace", "ServiceBus__credential", "ServiceBus__clientId", "AzureSignalRConnectionString__serviceUri",
    ];

    private static readonly Type[] Options = [.. typeof(ServerlessApp).Assembly.GetTypes().Where(type => SectionOf(type) is not null)];

    // What a Key Vault reference resolves to.
    private static readonly Lazy<Dictionary<string, string>> Secrets = new(() =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new Dictionary<string, string>
        {
            ["apns-private-key"] = key.ExportPkcs8PrivateKeyPem(),
            ["fcm-credentials"] = """{"private_key":"k","client_email":"e@example.com"}""",
            ["sms-access-key"] = Convert.ToBase64String(new byte[32]),
            ["email-password"] = "password",
            ["notifications-signing-key"] = Convert.ToBase64String(new byte[32]),
        };
    });

    private static IEnumerable<string> Refusals(Deployment deployment)
    {
        foreach (var settings in deployment.All("Microsoft.Web/sites/config"))
        {
            foreach (var missing in OfTheHost.Where(name => settings.At("properties." + name) is null))
                yield return $"{settings}: {missing} is missing.";
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(Values(settings)).Build();
            using var app = new ServiceCollection().AddLogging().AddServerless(configuration).BuildServiceProvider();
            foreach (var type in Options)
            {
                if (Refusal(app, type) is { } refusal)
                    yield return $"{settings}: {refusal}";
            }
        }
    }

    private static string? Refusal(ServiceProvider app, Type type)
    {
        try
        {
            var options = app.GetRequiredService(typeof(IOptions<>).MakeGenericType(type));
            options.GetType().GetProperty("Value")!.GetValue(options);
            return null;
        }
        catch (TargetInvocationException failed) when (failed.InnerException is OptionsValidationException or InvalidOperationException)
        {
            return failed.InnerException!.Message;
        }
    }

    private static IEnumerable<string> Unknown(Deployment deployment) =>
        from settings in deployment.All("Microsoft.Web/sites/config")
        from name in settings.Json["properties"]!.AsObject().Select(field => field.Key)
        where !OfTheHost.Contains(name) && !name.StartsWith("Realtime__Regions__", StringComparison.Ordinal) && !IsKnown(name.Replace("__", ":", StringComparison.Ordinal))
        select $"{settings}: nothing reads {name}.";

    private static bool IsKnown(string path) =>
        Options.Where(type => path.StartsWith(SectionOf(type) + ":", StringComparison.Ordinal)).MaxBy(type => SectionOf(type)!.Length) is { } type
        && Leads(type, path[(SectionOf(type)!.Length + 1)..].Split(':'));

    private static bool Leads(Type type, ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
            return true;
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
            return Leads(type.GetGenericArguments()[^1], path[1..]);
        return type.GetProperty(path[0]) is { } property && Leads(property.PropertyType, path[1..]);
    }

    private static string? SectionOf(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    // What only Azure can tell stands for something of its kind.
    private static IEnumerable<KeyValuePair<string, string?>> Values(Resource settings) => settings.Json["properties"]!.AsObject().Select(field =>
        KeyValuePair.Create(field.Key.Replace("__", ":", StringComparison.Ordinal), (string?)Resolved(field.Value!)));

    private static string Resolved(JsonNode value)
    {
        var text = value.ToString();
        if (Secrets.Value.FirstOrDefault(secret => text.Contains($"'{secret.Key}'", StringComparison.Ordinal)).Value is { } resolved)
            return resolved;
        if (!text.StartsWith('['))
            return text;
        return text.Contains("https://", StringComparison.Ordinal) ? "https://told.example.com/" : "told-by-azure";
    }
}
