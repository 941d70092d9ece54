using System.Text;
using Serverless.Replication;

namespace Serverless.Notifications;

/// <summary>The people who can be reached, a register each: whoever reads sees every change that was acknowledged before, such as an opt-out.</summary>
internal sealed class PeopleStore(StrictRegisters registers, ReplicatedStore store)
{
    /// <summary>Where they are kept.</summary>
    public const string Space = "person";

    private const int MostCharacters = 128;

    private readonly Documents<Person> _people = new(Space, registers, store);

    /// <summary>Whether it can be a user's name: 1 to 128 characters, at most 256 bytes, none of them a control character.</summary>
    public static bool IsUser(string? user) =>
        user is { Length: > 0 and <= MostCharacters } && Encoding.UTF8.GetByteCount(user) <= ReplicaKey.MaxBytes && !user.Any(char.IsControl);

    /// <summary>Null value: nobody is known by that name.</summary>
    public Task<DocumentRead<Person>> ReadAsync(string user, CancellationToken cancellationToken) => _people.ReadAsync(user, cancellationToken);

    /// <summary>Changes somebody's record; somebody unknown begins as <see cref="Person.Blank"/>.</summary>
    public Task<DocumentChange<Person>> ChangeAsync(string user, Func<Person, Person> change, CancellationToken cancellationToken) =>
        _people.ChangeAsync(user, person => change(person ?? Person.Blank), cancellationToken);
}
