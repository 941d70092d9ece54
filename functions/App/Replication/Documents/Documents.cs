using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Replication;

/// <summary>Values of one kind, each in a strict register, as JSON.</summary>
/// <param name="space">Where they lie among all that the cluster stores: letters only.</param>
/// <param name="registers">Changes them, one after the other.</param>
/// <param name="store">Reads them: a majority of the owners has what was acknowledged, so two answers show it.</param>
internal sealed class Documents<T>(string space, StrictRegisters registers, ReplicatedStore store)
    where T : class
{
    private const string ContentType = "application/json";

    /// <summary>What is stored: all that was acknowledged before, and perhaps a change that is on its way.</summary>
    public async Task<DocumentRead<T>> ReadAsync(string name, CancellationToken cancellationToken) =>
        await store.ReadAsync(KeyOf(name), QuorumRules.Default with { Sloppy = false }, cancellationToken) switch
        {
            ReadResult.Read read => new DocumentRead<T>.Held(Decode(read.Register?.Value)),
            ReadResult.NoQuorum(var answered, var needed) => new DocumentRead<T>.NoQuorum(answered, needed),
            var other => throw new InvalidOperationException($"A read without conditions answered {other}."),
        };

    /// <summary>What is stored, linearizably: every change that ended before this began, and nothing that another may still undo.</summary>
    public async Task<DocumentRead<T>> LatestAsync(string name, CancellationToken cancellationToken) =>
        await registers.ReadAsync(KeyOf(name), cancellationToken) switch
        {
            RegisterResult.Held(var content, _) => new DocumentRead<T>.Held(Decode(content.Value)),
            RegisterResult.NoQuorum(var answered, var needed, _) => new DocumentRead<T>.NoQuorum(answered, needed),
            var other => throw new InvalidOperationException($"A read answered {other}."),
        };

    /// <summary>Puts what <paramref name="change"/> makes of the value in its place, as one step.</summary>
    /// <param name="name">Which.</param>
    /// <param name="change">Pure: it may be asked several times. Answering what it was given, or null, leaves everything as it is.</param>
    /// <param name="cancellationToken">Ends only the wait for earlier changes through this instance.</param>
    /// <param name="exists">Whether there probably is one already; a wrong guess costs a round trip. Null: as it was lately.</param>
    public async Task<DocumentChange<T>> ChangeAsync(string name, Func<T?, T?> change, CancellationToken cancellationToken, bool? exists = null) =>
        await registers.ChangeAsync(KeyOf(name), content => Next(content, change), cancellationToken, exists) switch
        {
            RegisterResult.Written(var content, _) => new DocumentChange<T>.Written(Decode(content.Value)!),
            RegisterResult.Held(var content, _) => new DocumentChange<T>.Unchanged(Decode(content.Value)),
            RegisterResult.TooLarge(var bytes) => new DocumentChange<T>.TooLarge(bytes),
            RegisterResult.NoQuorum(var answered, var needed, _) => new DocumentChange<T>.NoQuorum(answered, needed),
            var other => throw new InvalidOperationException($"A change answered {other}."),
        };

    /// <summary>Deletes it, if <paramref name="isDue"/> holds for what is stored; whether it did.</summary>
    public async Task<bool> DeleteAsync(string name, Func<T, bool> isDue, CancellationToken cancellationToken) =>
        await registers.ChangeAsync(
            KeyOf(name), content => Decode(content.Value) is { } value && isDue(value) ? new RegisterWrite(null, null) : null, cancellationToken, exists: true) is RegisterResult.Written;

    /// <summary>What a register holds; null when nothing, or when it was deleted.</summary>
    public static T? Decode(RegisterValue? register) =>
        register?.Value is { } bytes ? JsonSerializer.Deserialize<T>(bytes.Span, StoredJson.Options) : null;

    private ReplicaKey KeyOf(string name) => new(space, name);

    private static RegisterWrite? Next(RegisterContent content, Func<T?, T?> change)
    {
        var before = Decode(content.Value);
        return change(before) is { } after && !ReferenceEquals(after, before)
            ? new RegisterWrite(ContentType, JsonSerializer.SerializeToUtf8Bytes(after, StoredJson.Options))
            : null;
    }
}

/// <summary>How JSON that is stored is written.</summary>
internal static class StoredJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // Never part of a page; Korean takes half the bytes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}

/// <summary>What a read found.</summary>
internal abstract record DocumentRead<T>
    where T : class
{
    /// <param name="Value">Null when there is none.</param>
    public sealed record Held(T? Value) : DocumentRead<T>;

    public sealed record NoQuorum(int Answered, int Needed) : DocumentRead<T>;
}

/// <summary>What became of a change.</summary>
internal abstract record DocumentChange<T>
    where T : class
{
    public sealed record Written(T Value) : DocumentChange<T>;

    /// <param name="Value">What is stored; null when nothing is.</param>
    public sealed record Unchanged(T? Value) : DocumentChange<T>;

    public sealed record TooLarge(int Bytes) : DocumentChange<T>;

    /// <summary>No majority answered in time; it may still take effect.</summary>
    public sealed record NoQuorum(int Answered, int Needed) : DocumentChange<T>;
}
