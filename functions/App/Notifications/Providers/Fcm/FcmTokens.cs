using Google;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Microsoft.Extensions.Options;

namespace Serverless.Notifications;

/// <summary>Access tokens for FCM, by Google's own library; it keeps one until shortly before it expires.</summary>
internal sealed class FcmTokens(IOptions<FcmOptions> options)
{
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private ITokenAccess _credential = NewCredential(options.Value);

    /// <summary>A token, or what to say when there is none.</summary>
    public async Task<(string? Token, ProviderAnswer? Failure)> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _credential.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken), null);
        }
        catch (TokenResponseException refused)
        {
            return (null, new ProviderAnswer.Misconfigured($"oauth {refused.Error?.Error ?? "refused"}", "Google does not take our service account: see Notifications:Fcm:Credentials."));
        }
        catch (Exception failure) when (failure is HttpRequestException or GoogleApiException)
        {
            return (null, new ProviderAnswer.Later(ProviderWire.Unreachable, null));
        }
    }

    /// <summary>The next call gets another token: this one was refused.</summary>
    public void Forget() => _credential = NewCredential(options.Value);

    private static GoogleCredential NewCredential(FcmOptions options) =>
        CredentialFactory.FromJson<ServiceAccountCredential>(options.Credentials).ToGoogleCredential().CreateScoped(Scope);
}
