using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>How people appear, over HTTP.</summary>
public sealed class ProfilesFunctions(Profiles profiles)
{
    private const int MostBytes = 4 * 1024;
    private const int LongestName = 64;
    private const int LongestLocale = 35;
    private const int LongestAddress = 1_024;

    [Function("users-profile-get")]
    [Access(Access.Users | Access.Services)]
    [Operation("Tells how a user appears", Description = "To everyone who has a token. What was not set is left out.")]
    [Answer(200, "name, locale, colour and picture", "application/json", Schema = typeof(ProfileView))]
    [Answer(400, "bad-field")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{user}/profile")] HttpRequest request, string user) =>
        UserNames.Refusal(user) ?? await profiles.OfAsync(user, request.HttpContext.RequestAborted) switch
        {
            DocumentRead<Profile>.Held(var profile) => ChatAnswers.Json(View(user, profile ?? Profile.Blank)),
            _ => ChatAnswers.NoQuorum(),
        };

    [Function("users-profile-put")]
    [Access(Access.Self | Access.Services)]
    [Operation("Sets how a user appears", Description = "All at once: what is left out is cleared.")]
    [Body("application/json", "{\"name\"?: \"Alice\", \"locale\"?: \"ko-KR\", \"colour\"?: \"#2f6f4f\", \"picture\"?: \"https://…\"}")]
    [Answer(200, "As it is stored", "application/json", Schema = typeof(ProfileView))]
    [Answer(400, "bad-field, bad-json")]
    [Answer(413, "too-large")]
    [Answer(415, "bad-content-type")]
    [Answer(503, "no-quorum")]
    public async Task<IResult> Put([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{user}/profile")] HttpRequest request, string user)
    {
        if (UserNames.Refusal(user) is { } unnamed)
            return unnamed;
        var (wanted, refusal) = await ReadBody.AsAsync(request, MostBytes, Read);
        if (wanted is null)
            return refusal!;
        return await profiles.SetAsync(user, wanted, request.HttpContext.RequestAborted) is DocumentChange<Profile>.NoQuorum(var answered, var needed)
            ? ChatAnswers.NoQuorum(answered, needed)
            : ChatAnswers.Json(View(user, wanted));
    }

    private static ProfileView View(string user, Profile profile) => new(user, profile.Name, profile.Locale, profile.Colour, profile.Picture);

    private static Profile Read(ObjectReader body)
    {
        var profile = new Profile(body.Text("name", LongestName), body.Text("locale", LongestLocale), body.Text("colour", 7), body.Text("picture", LongestAddress));
        if (profile.Name is { } name && (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl)))
            body.Refuse("name", "A name is one line, without control characters.");
        if (profile.Locale is { } locale && !IsLocale(locale))
            body.Refuse("locale", "locale must be a language tag, such as ko-KR.");
        if (profile.Colour is { } colour && (colour.Length != 7 || colour[0] != '#' || !colour[1..].All(char.IsAsciiHexDigit)))
            body.Refuse("colour", "colour must be #rrggbb.");
        if (profile.Picture is { } picture && !(Uri.TryCreate(picture, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps))
            body.Refuse("picture", "picture must be an https address.");
        return profile;
    }

    private static bool IsLocale(string locale) => locale.Split('-') is [var language, .. var rest] && language.Length is >= 2 and <= 8 && language.All(char.IsAsciiLetter)
        && rest.All(part => part.Length is >= 1 and <= 8 && part.All(char.IsAsciiLetterOrDigit));
}
