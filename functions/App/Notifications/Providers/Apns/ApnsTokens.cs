using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>
/// The token by which APNs knows us: ES256, refreshed no more often than every 20 minutes and at least every 60, and the same on all instances, or APNs would refuse us for changing it too often
/// (TooManyProviderTokenUpdates). So it lies in a register.
/// </summary>
internal sealed class ApnsTokens(StrictRegisters registers, ReplicatedStore store, IOptions<ApnsOptions> options, TimeProvider clock) : IDisposable
{
    /// <summary>From this age on a token is replaced: 40 minutes.</summary>
    public static readonly TimeSpan Replaced = TimeSpan.FromMinutes(40);

    /// <summary>Before this age no token is replaced, whatever APNs says: 20 minutes.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(20);

    /// <summary>From this age on no token is used: 55 minutes, since clocks differ.</summary>
    public static readonly TimeSpan Dead = TimeSpan.FromMinutes(55);

    private const string Space = "apnstoken";

    private readonly Documents<ApnsToken> _tokens = new(Space, registers, store);
    private readonly ECDsa _key = KeyOf(options.Value);
    private ApnsToken? _known;

    /// <summary>The token; null when none can be had now.</summary>
    public Task<ApnsToken?> GetAsync(CancellationToken cancellationToken) =>
        _known is { } known && AgeOf(known) < Replaced ? Task.FromResult<ApnsToken?>(known) : ChangeAsync(Replaced, cancellationToken);

    /// <summary>Replaces a token that APNs calls expired, unless it is too young for that or was replaced already.</summary>
    public async Task RenewAsync(ApnsToken expired, CancellationToken cancellationToken)
    {
        if (AgeOf(expired) >= Kept)
            await ChangeAsync(Kept, cancellationToken, expired);
    }

    public void Dispose() => _key.Dispose();

    private async Task<ApnsToken?> ChangeAsync(TimeSpan oldest, CancellationToken cancellationToken, ApnsToken? expired = null)
    {
        var now = clock.GetUtcNow();
        var fresh = new Lazy<ApnsToken>(() => new ApnsToken(Sign(now), now));
        var change = await _tokens.ChangeAsync($"{options.Value.TeamId}.{options.Value.KeyId}", stored =>
            stored is not null && now - stored.Issued < oldest ? stored
            : stored is not null && expired is not null && stored.Token != expired.Token ? stored
            : fresh.Value, cancellationToken);
        _known = change switch
        {
            DocumentChange<ApnsToken>.Written(var written) => written,
            DocumentChange<ApnsToken>.Unchanged(var stored) => stored,
            _ => _known,
        };
        return _known is { } known && AgeOf(known) < Dead ? known : null;
    }

    private TimeSpan AgeOf(ApnsToken token) => clock.GetUtcNow() - token.Issued;

    private string Sign(DateTimeOffset now) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = options.Value.TeamId,
        IssuedAt = now.UtcDateTime,
        SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = options.Value.KeyId }, SecurityAlgorithms.EcdsaSha256)
        {
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        },
    });

    private static ECDsa KeyOf(ApnsOptions options)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(options.PrivateKey);
        return key;
    }
}

/// <param name="Token">As it is sent.</param>
/// <param name="Issued">When.</param>
internal sealed record ApnsToken(string Token, DateTimeOffset Issued);
