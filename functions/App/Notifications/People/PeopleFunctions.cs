using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>How people can be reached and want to be, over HTTP. Whoever is told of here first is a known user from then on.</summary>
public sealed class PeopleFunctions(PeopleStore people, TimeProvider clock)
{
    private const int MostBytes = 32 * 1024;

    [Function("users-device-put")]
    [Access(Access.Self | Access.Services | Access.Operators)]
    [Operation("Registers a device", Description = "An app calls this when it is installed, at sign-in and at each start. A user has at most 20 devices: another takes the place of the one that was seen least recently.")]
    [Body("application/json", "{\"platform\": \"ios\", \"android\" or \"web\", \"token\", \"app\", \"timeZone\"?: \"Asia/Seoul\", \"locale\"?: \"ko\"}")]
    [Answer(200, "It was known", "application/json")]
    [Answer(201, "It is new", "application/json")]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> PutDevice([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{user}/devices/{device}")] HttpRequest request, string user, string device)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        if (!PeopleReading.IsDevice(device))
            return Problems.BadField("device", "A device's name has 1 to 40 of letters, digits, '.', '_', ':' and '-'. Nothing was stored.");
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, PeopleReading.Device);
        if (wanted is null)
            return refusal!;
        var (now, isNew) = (clock.GetUtcNow(), false);
        var change = await people.ChangeAsync(user, person =>
        {
            isNew = person.Devices.All(one => one.Id != device);
            return person.With(device, wanted, now);
        }, request.HttpContext.RequestAborted);
        return PeopleAnswers.Of(change, person => Results.Json(PeopleAnswers.Of(person.Devices.First(one => one.Id == device)), statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK));
    }

    [Function("users-device-delete")]
    [Access(Access.Self | Access.Services | Access.Operators)]
    [Operation("Forgets a device", Description = "At sign-out: nothing is pushed to it any more.")]
    [Answer(204, "Forgotten, or never known")]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> DeleteDevice([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "users/{user}/devices/{device}")] HttpRequest request, string user, string device) =>
        UserNames.Refusal(user) ?? PeopleAnswers.Of(await people.ChangeAsync(user, person => person.Without(device), request.HttpContext.RequestAborted), _ => Results.NoContent());

    [Function("users-devices")]
    [Access(Access.Self | Access.Services | Access.Operators)]
    [Operation("Lists a user's devices", Description = "Without their tokens, of which only the end is shown.")]
    [Answer(200, "Devices", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(404, "unknown-user")]
    [Answer(503, "no-quorum")]
    public Task<IResult> ListDevices([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/devices")] HttpRequest request, string user) =>
        ReadAsync(request, user, person => new { devices = person.Devices.Select(PeopleAnswers.Of) });

    [Function("users-addresses-put")]
    [Access(Access.Self | Access.Services | Access.Operators)]
    [Operation("Sets a user's addresses", Description = "Mail address, phone number, language and time zone, all at once: what is left out is cleared.")]
    [Body("application/json", "{\"email\"?: \"alice@example.com\", \"phone\"?: \"+82 10 1234 5678\", \"locale\"?: \"ko\", \"timeZone\"?: \"Asia/Seoul\"}")]
    [Answer(200, "As they are stored; the phone number in E.164", "application/json")]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> PutAddresses([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{user}/addresses")] HttpRequest request, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, PeopleReading.Addresses);
        return wanted is null ? refusal! : PeopleAnswers.Of(
            await people.ChangeAsync(user, person => person with { Email = wanted.Email, Phone = wanted.Phone, Locale = wanted.Locale, TimeZone = wanted.TimeZone }, request.HttpContext.RequestAborted),
            person => Results.Json(PeopleAnswers.AddressesOf(person)));
    }

    [Function("users-addresses-get")]
    [Access(Access.Self | Access.Services | Access.Operators)]
    [Operation("Tells a user's addresses")]
    [Answer(200, "Mail address, phone number, language and time zone", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(404, "unknown-user")]
    [Answer(503, "no-quorum")]
    public Task<IResult> GetAddresses([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/addresses")] HttpRequest request, string user) =>
        ReadAsync(request, user, PeopleAnswers.AddressesOf);

    [Function("users-preferences-put")]
    [Access(Access.Self | Access.Services | Access.Operators)]
    [Operation("Sets what a user wants to be told, and how", Description = "All at once. What is not named is on. Quiet hours hold back pushes and text messages, unless their priority is high, by the user's time zone.")]
    [Body("application/json", "{\"channels\": {\"sms\": false}, \"categories\": {\"news\": {\"push\": false, \"email\": true}}, \"quietHours\": {\"from\": \"22:00\", \"to\": \"07:00\"} or null, \"timeZone\"?: \"Asia/Seoul\"}")]
    [Answer(200, "As they are stored", "application/json")]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> PutPreferences([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{user}/preferences")] HttpRequest request, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, PeopleReading.Preferences);
        return wanted is null ? refusal! : PeopleAnswers.Of(
            await people.ChangeAsync(user, person => person with { Preferences = wanted.Preferences, TimeZone = wanted.SetsTimeZone ? wanted.TimeZone : person.TimeZone }, request.HttpContext.RequestAborted),
            person => Results.Json(PeopleAnswers.PreferencesOf(person)));
    }

    [Function("users-preferences-get")]
    [Access(Access.Self | Access.Services | Access.Operators)]
    [Operation("Tells what a user wants to be told, and how")]
    [Answer(200, "Preferences", "application/json")]
    [Answer(400, "bad-field")]
    [Answer(404, "unknown-user")]
    [Answer(503, "no-quorum")]
    public Task<IResult> GetPreferences([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/preferences")] HttpRequest request, string user) =>
        ReadAsync(request, user, PeopleAnswers.PreferencesOf);

    private async Task<IResult> ReadAsync(HttpRequest request, string user, Func<Person, object> show) => UserNames.Refusal(user) ?? await people.ReadAsync(user, request.HttpContext.RequestAborted) switch
    {
        DocumentRead<Person>.Held { Value: { } person } => Results.Json(show(person)),
        DocumentRead<Person>.NoQuorum(var answered, var needed) => LedgerAnswers.NoQuorum(answered, needed),
        _ => Problems.NotFound("unknown-user", "Nothing is known of this user: no device, no address, no preferences."),
    };
}
