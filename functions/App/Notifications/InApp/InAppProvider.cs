using Microsoft.Extensions.Logging;
using Serverless.Realtime;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>Brings notifications to the list inside the app, and at once to the app where it is open. The list is the truth: a push that is lost is found there.</summary>
internal sealed partial class InAppProvider(InboxStore inbox, IRealtime realtime, TimeProvider clock, ILogger<InAppProvider> logger) : IProvider
{
    /// <summary>The client's method that is called, with the entry.</summary>
    public const string Target = "notification";

    private const int MostCharacters = 4_096;
    private static readonly TimeSpan PushLimit = TimeSpan.FromSeconds(5);

    public Carrier Carrier => Carrier.InApp;

    public string Name => "inbox";

    public string? Problem(ProviderCall call) =>
        (call.Content.Title?.Length ?? 0) + call.Content.Body.Length > MostCharacters ? $"An entry of the list has at most {MostCharacters} characters, title and body together." : null;

    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        InboxEntry Entry(long number) => new(number, call.Delivery, clock.GetUtcNow(), call.Category, call.Content.Title, call.Content.Body, call.EventsUrl);
        switch (await inbox.AddAsync(call.User, Entry, cancellationToken))
        {
            case DocumentChange<InboxList>.Written(var list):
                await PushAsync(call.User, list.Entries[^1], list.Unread);
                return new ProviderAnswer.Taken("added", null);
            case DocumentChange<InboxList>.Unchanged:
                return new ProviderAnswer.Taken("there", null);
            case DocumentChange<InboxList>.TooLarge:
                return new ProviderAnswer.Refused("too-large", "The entry does not fit the list.");
            default:
                return new ProviderAnswer.Later("no-quorum", null);
        }
    }

    private async Task PushAsync(string user, InboxEntry entry, int unread)
    {
        try
        {
            using var limit = new CancellationTokenSource(PushLimit, clock);
            await realtime.SendToUserAsync(user, Target, InboxAnswers.Of(entry, unread), limit.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogPush(failure, entry.Delivery);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {Delivery} is in the list, but could not be pushed")]
    private partial void LogPush(Exception failure, string delivery);
}
