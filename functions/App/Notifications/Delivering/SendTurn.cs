using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>A worker's turn with one delivery: asks the recipient's settings once more, renders, and hands it to the provider.</summary>
internal sealed class SendTurn(PeopleStore people, RenderContent render, AdmitDelivery admit, EventLinks links, TimeProvider clock)
{
    /// <summary>Why a delivery waits when the storage does not answer.</summary>
    public const string Storage = "storage-unavailable";

    private static readonly TimeSpan StoragePause = TimeSpan.FromSeconds(5);

    /// <summary>What came of it; null when the worker's time ran out before anybody was asked.</summary>
    /// <param name="notification">What is sent.</param>
    /// <param name="name">Names the delivery.</param>
    /// <param name="queued">When it was queued first.</param>
    /// <param name="delivery">As it was claimed.</param>
    /// <param name="provider">Who takes it.</param>
    /// <param name="maySend">Whether the worker's claim still lasts long enough for a call.</param>
    /// <param name="cancellationToken">Stops the turn; once the provider is asked, its answer is waited for.</param>
    public async Task<Outcome?> RunAsync(
        Notification notification, DeliveryName name, DateTimeOffset queued, Delivery delivery, IProvider provider, Func<bool> maySend, CancellationToken cancellationToken)
    {
        var channel = name.Batch.Carrier.Channel();
        if (await people.ReadAsync(delivery.User, cancellationToken) is not DocumentRead<Person>.Held(var person))
            return Unavailable();
        if (person is null)
            return new Outcome.Suppressed(Expansion.UnknownUser);
        var device = delivery.Device is null ? null : person.Devices.FirstOrDefault(one => one.Id == delivery.Device);
        if (AddressOf(name.Batch.Carrier, person, device) is not { } address)
            return new Outcome.Suppressed(Expansion.NoAddress);

        switch (person.Preferences.Asked(notification.Category, channel, notification.Priority, person.TimeZone, clock.GetUtcNow()))
        {
            case Consent.Withheld(var why):
                return new Outcome.Suppressed(why);
            case Consent.NotBefore(var until):
                return until < notification.Expires ? new Outcome.PutOff(until, "quiet-hours") : new Outcome.Suppressed("quiet-hours");
        }

        var recipient = notification.Recipients[delivery.Recipient];
        var link = links.Of(name);
        switch (await render(notification, recipient, channel, person.Locale, link, cancellationToken))
        {
            case Rendering.Unavailable:
                return Unavailable();
            case Rendering.Impossible(var why):
                return new Outcome.Answered(provider.Name, new ProviderAnswer.Refused("unrenderable", why));
            case Rendering.Done(var content):
                if (delivery.Attempts.IsEmpty && !await admit(delivery.User, channel, notification.Category, cancellationToken))
                    return new Outcome.Suppressed(FrequencyCaps.Capped);
                var call = new ProviderCall(
                    name.ToString(), queued, notification.Id, delivery.User, address, device?.App, device?.Platform, content, notification.Category, notification.Priority,
                    notification.CollapseKey, notification.Expires, link);
                return await AskAsync(provider, call, maySend, device);
            default:
                throw new InvalidOperationException("A rendering is one of three.");
        }
    }

    private async Task<Outcome?> AskAsync(IProvider provider, ProviderCall call, Func<bool> maySend, Device? device)
    {
        if (provider.Problem(call) is { } problem)
            return new Outcome.Answered(provider.Name, new ProviderAnswer.Refused("unsendable", problem));
        if (!maySend())
            return null;
        var answer = await provider.SendAsync(call, CancellationToken.None);

        // Forgotten before the delivery is: whoever sends next must not meet it. An address that cannot be forgotten now is left, and found dead once more.
        if (answer is ProviderAnswer.AddressDead(_, var since))
        {
            if (device is not null)
                await people.RemoveDeviceAsync(call.User, device.Id, call.To, since, CancellationToken.None);
            else
                await people.RemoveAddressAsync(call.User, provider.Carrier, call.To, CancellationToken.None);
        }

        return new Outcome.Answered(provider.Name, answer);
    }

    private Outcome.PutOff Unavailable() => new(clock.GetUtcNow() + StoragePause, Storage);

    private static string? AddressOf(Carrier carrier, Person person, Device? device) => carrier switch
    {
        Carrier.Ios or Carrier.Android => device?.Carrier == carrier ? device.Token : null,
        Carrier.Sms => person.Phone,
        Carrier.Email => person.Email,
        _ => "inbox",
    };
}
