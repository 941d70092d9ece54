using Serverless.Replication;

namespace Serverless.Chat;

/// <summary>How somebody appears to others.</summary>
/// <param name="Name">As it is shown: 1 to 64 characters; null: the user's name.</param>
/// <param name="Locale">BCP 47, such as ko-KR; null: not known.</param>
/// <param name="Colour">#rrggbb, for an initial in a circle; null: the page chooses.</param>
/// <param name="Picture">An https address; null: none.</param>
internal sealed record Profile(string? Name, string? Locale, string? Colour, string? Picture)
{
    public static readonly Profile Blank = new(null, null, null, null);
}

/// <summary>Profiles, a register each.</summary>
public sealed class Profiles
{
    private readonly Documents<Profile> _profiles;

    internal Profiles(StrictRegisters registers, ReplicatedStore store) => _profiles = new Documents<Profile>("chatprofiles", registers, store);

    /// <summary>Null for somebody who has set none.</summary>
    internal Task<DocumentRead<Profile>> OfAsync(string user, CancellationToken cancellationToken) => _profiles.ReadAsync(user, cancellationToken);

    internal Task<DocumentChange<Profile>> SetAsync(string user, Profile profile, CancellationToken cancellationToken) => _profiles.ChangeAsync(user, before => before == profile ? before : profile, cancellationToken);
}
