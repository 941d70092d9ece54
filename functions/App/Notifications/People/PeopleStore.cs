using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>The people who can be reached, a register each: whoever reads sees every change that was acknowledged before, such as an opt-out.</summary>
public sealed class PeopleStore(StrictRegisters registers, ReplicatedStore store)
{
    /// <summary>Where they are kept.</summary>
    public const string Space = "person";

    private readonly Documents<Person> _people = new(Space, registers, store);

    /// <summary>Null value: nobody is known by that name.</summary>
    internal Task<DocumentRead<Person>> ReadAsync(string user, CancellationToken cancellationToken) => _people.ReadAsync(user, cancellationToken);

    /// <summary>Changes somebody's record; somebody unknown begins as <see cref="Person.Blank"/>.</summary>
    internal Task<DocumentChange<Person>> ChangeAsync(string user, Func<Person, Person> change, CancellationToken cancellationToken) =>
        _people.ChangeAsync(user, person => change(person ?? Person.Blank) is var after && ReferenceEquals(after, Person.Blank) ? null : after, cancellationToken);

    /// <summary>Forgets a token that its provider called dead; see <see cref="PersonChanges.WithoutToken"/>.</summary>
    internal Task RemoveDeviceAsync(string user, string device, string token, DateTimeOffset? since, CancellationToken cancellationToken) =>
        ChangeAsync(user, person => person.WithoutToken(device, token, since), cancellationToken);

    /// <summary>Forgets a phone number or mail address that its provider called dead.</summary>
    internal Task RemoveAddressAsync(string user, Carrier carrier, string address, CancellationToken cancellationToken) =>
        ChangeAsync(user, person => person.WithoutAddress(carrier, address), cancellationToken);
}
