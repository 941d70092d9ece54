using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;

namespace Serverless.Chat;

/// <summary>Who knows whom, over HTTP.</summary>
public sealed class ContactsFunctions(ContactWishes wishes, Contacts contacts)
{
    private const int MostBytes = 1024;

    [Function("users-contacts")]
    [Access(Access.Self)]
    [Operation("Lists a user's contacts", Description = "With how the user stands to each: contact, requested (by the user), invited (by the other) or blocked (by the user).")]
    [Answer(200, "Contacts by name", "application/json", Schema = typeof(ContactsAnswer))]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/contacts")] HttpRequest request, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        return await contacts.OfAsync(user, request.HttpContext.RequestAborted) is { } all
            ? ChatAnswers.Json(new ContactsAnswer(all.Select(one => View(user, one.User, one.Pair)).Where(one => one.State != ContactState.None)))
            : ChatAnswers.NoQuorum();
    }

    [Function("users-contact-get")]
    [Access(Access.Self)]
    [Operation("Tells how a user stands to another", Description = "none, contact, requested, invited or blocked; and their room, if they have one.")]
    [Answer(200, "The contact", "application/json", Schema = typeof(ContactView))]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/contacts/{other}")] HttpRequest request, string user, string other) =>
        Refusal(user, other)
        ?? (await contacts.BetweenAsync(user, other, request.HttpContext.RequestAborted) is { } pair ? ChatAnswers.Json(View(user, other, pair)) : ChatAnswers.NoQuorum());

    [Function("users-contact-put")]
    [Access(Access.Self)]
    [Operation("Asks somebody for contact, agrees to it, or blocks somebody", Description = "Two who both want contact may open a direct room. Nobody is told of being blocked; messages between the two are refused.")]
    [Body("application/json", "{\"stance\": \"contact\"} or {\"stance\": \"blocked\"}")]
    [Answer(200, "The contact", "application/json", Schema = typeof(ContactView))]
    [Answer(400, "bad-field, bad-json")]
    [Answer(409, "contacts-full")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{user}/contacts/{other}")] HttpRequest request, string user, string other)
    {
        if (Refusal(user, other) is { } wrong)
            return wrong;
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, body => new Wanted(
            body.Word<Stance>("stance", word => word switch { "contact" => Stance.Contact, "blocked" => Stance.Blocked, _ => null }, "contact or blocked", needed: true) ?? Stance.None));
        return wanted is null ? refusal! : Of(user, other, await wishes.SetAsync(user, other, wanted.Stance, request.HttpContext.RequestAborted));
    }

    [Function("users-contact-delete")]
    [Access(Access.Self)]
    [Operation("Takes a wish back", Description = "A contact, a request or a block: what the other wants stays.")]
    [Answer(200, "The contact", "application/json", Schema = typeof(ContactView))]
    [Answer(400, "bad-field")]
    [Answer(409, "contacts-full")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{user}/contacts/{other}")] HttpRequest request, string user, string other) =>
        Refusal(user, other) ?? Of(user, other, await wishes.SetAsync(user, other, Stance.None, request.HttpContext.RequestAborted));

    private static IResult Of(string user, string other, ContactChange change) => change switch
    {
        ContactChange.Now(var pair, _) => ChatAnswers.Json(View(user, other, pair)),
        ContactChange.Full(var whose) => Problems.Conflict("contacts-full", $"'{whose}' has {Contacts.MostContacts} contacts and requests, which is the most. Nothing was stored."),
        _ => ChatAnswers.NoQuorum(),
    };

    private static IResult? Refusal(string user, string other) => UserNames.Refusal(user) ?? UserNames.Refusal(other, "other")
        ?? (user == other ? Problems.BadField("other", "Nobody is their own contact. Nothing was stored.") : null);

    private static ContactView View(string user, string other, Pair pair) => new(other, pair.SeenBy(user, other), pair.Room);

    private sealed record Wanted(Stance Stance);
}
