using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Checks a notification before anything is stored: its template and parameters, every recipient, and that what is rendered for each is what the providers take.</summary>
internal sealed class AcceptanceCheck(
    TemplateStore templates, PeopleStore people, RenderContent render, EventLinks links, IEnumerable<IProvider> providers, IOptions<NotificationsOptions> options)
{
    private const int ReadsAtOnce = 32;
    private const string AnyToken = "token";

    private readonly Dictionary<Carrier, IProvider> _providers = providers.ToDictionary(provider => provider.Carrier);

    /// <summary>The notification to be accepted and, by user, why nothing would reach them now; or the answer that says what is wrong.</summary>
    public async Task<(Notification? Notification, IReadOnlyList<object> Suppressed, IResult? Refusal)> RunAsync(
        NotificationRequest wanted, string id, string sender, string fingerprint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Template? template = null;
        if (wanted.Template is { } name)
        {
            var read = TemplateNames.IsName(name) ? await templates.ReadAsync(name, wanted.Version, cancellationToken) : new TemplateRead.Unknown();
            if (read is TemplateRead.NoQuorum(var answered, var needed))
                return (null, [], LedgerAnswers.NoQuorum(answered, needed));
            if (read is not TemplateRead.Found(var found))
                return Refused(wanted.Version is null ? "template" : "version", $"There is no template '{name}'{(wanted.Version is { } version ? $" of version {version}" : "")}.");
            template = found;
        }

        var channels = Channels(wanted, template);
        if (channels.Refusal is { } wrong)
            return (null, [], wrong);
        var notification = new Notification(
            id, sender, fingerprint, now, [.. wanted.Recipients.Select(one => one.Recipient)], wanted.Category, template is null ? null : new TemplateVersion(template.Name, template.Version), wanted.Data,
            wanted.Text, wanted.Priority, wanted.NotBefore, wanted.Expires ?? (wanted.NotBefore > now ? wanted.NotBefore.Value : now) + TimeSpan.FromHours(options.Value.LifeHours), wanted.CollapseKey,
            channels.Channels, wanted.Channels.IsEmpty);
        var suppressed = new List<object>();
        foreach (var some in wanted.Recipients.Select((one, number) => (one.Recipient, one.Path, Number: number)).Chunk(ReadsAtOnce))
        {
            foreach (var (refusal, silent) in await Task.WhenAll(some.Select(one => CheckAsync(notification, template, one.Recipient, one.Number, one.Path, now, cancellationToken))))
            {
                if (refusal is not null)
                    return (null, [], refusal);
                if (silent is not null)
                    suppressed.Add(silent);
            }
        }

        return (notification, suppressed, null);
    }

    private (ImmutableArray<Channel> Channels, IResult? Refusal) Channels(NotificationRequest wanted, Template? template)
    {
        var spoken = template?.Channels ?? [.. Enum.GetValues<Channel>()];
        var served = _providers.Keys.Select(carrier => carrier.Channel()).ToHashSet();
        foreach (var channel in wanted.Channels)
        {
            if (!spoken.Contains(channel))
                return ([], Problems.BadField("channels", $"The template '{wanted.Template}' says nothing on the channel {channel.Name()}. Nothing was stored."));
            if (!served.Contains(channel))
                return ([], Problems.BadField("channels", $"No provider is configured here for the channel {channel.Name()}. Nothing was stored."));
        }

        return ([.. (wanted.Channels.IsEmpty ? spoken : wanted.Channels).Where(served.Contains)], null);
    }

    private async Task<(IResult? Refusal, object? Suppressed)> CheckAsync(
        Notification notification, Template? template, Recipient recipient, int number, string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var read = await people.ReadAsync(recipient.User, cancellationToken);
        if (read is DocumentRead<Person>.NoQuorum(var answered, var needed))
            return (LedgerAnswers.NoQuorum(answered, needed), null);
        if (read is not DocumentRead<Person>.Held { Value: { } person })
            return (Problems.BadField(path, $"Nothing is known of a user '{recipient.User}'. Nothing was stored."), null);
        if (template?.Problem(notification.Data, recipient.Data) is var (parameter, detail))
            return (Problems.BadField(recipient.Data is null ? $"data.{parameter}" : $"{path}.data.{parameter}", $"{detail} Nothing was stored."), null);
        if (template is null && recipient.Data is not null)
            return (Problems.BadField($"{path}.data", "data belongs to a template. Nothing was stored."), null);
        foreach (var carrier in _providers.Keys.Where(carrier => notification.Channels.Contains(carrier.Channel())))
        {
            if (await ProblemAsync(notification, recipient, number, carrier, person, cancellationToken) is { } problem)
                return (problem, null);
        }

        var planned = Expansion.Of(notification, [(number, person)], now).Deliveries.SelectMany(one => one.Value).ToList();
        return (null, planned.TrueForAll(one => one.Suppressed is not null) ? new { user = recipient.User, why = planned.FirstOrDefault()?.Suppressed ?? Expansion.NoAddress } : null);
    }

    private async Task<IResult?> ProblemAsync(Notification notification, Recipient recipient, int number, Carrier carrier, Person person, CancellationToken cancellationToken)
    {
        var name = new DeliveryName(new BatchName(new ChunkName(notification.Id, number / Notification.ChunkSize), carrier, 0), 0);
        var link = links.Of(name);
        switch (await render(notification, recipient, carrier.Channel(), person.Locale, link, cancellationToken))
        {
            case Rendering.Unavailable:
                return LedgerAnswers.NoQuorum(0, 0);
            case Rendering.Impossible(var why):
                return Problems.BadField("data", $"{why} Nothing was stored.");
            case Rendering.Done(var content):
                var call = new ProviderCall(
                    name.ToString(), notification.Accepted, notification.Id, recipient.User, AnyToken, null, null, content, notification.Category, notification.Priority, notification.CollapseKey, notification.Expires, link);
                return _providers[carrier].Problem(call) is { } problem
                    ? Problems.BadField(notification.Text is null ? "data" : "text", $"For '{recipient.User}' on the channel {carrier.Channel().Name()}: {problem} Nothing was stored.")
                    : null;
            default:
                throw new InvalidOperationException("A rendering is one of three.");
        }
    }

    private static (Notification? Notification, IReadOnlyList<object> Suppressed, IResult? Refusal) Refused(string field, string detail) =>
        (null, [], Problems.BadField(field, $"{detail} Nothing was stored."));
}
