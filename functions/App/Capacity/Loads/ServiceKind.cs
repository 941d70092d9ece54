using System.Text.Json.Serialization;

namespace Serverless.Capacity;

/// <summary>The services whose load can be estimated.</summary>
public enum ServiceKind
{
    /// <summary>Texts with media, many readers each: any service that keeps what people write as values of the store.</summary>
    Posts,

    /// <summary>The key-value store.</summary>
    Kv,

    /// <summary>Messages in rooms, and devices that are connected.</summary>
    Chat,

    /// <summary>Notifications to people.</summary>
    Notifications,

    /// <summary>Requests for unique ids.</summary>
    Ids,

    /// <summary>Checks of limits.</summary>
    Limits,
}

/// <summary>What one item of a service costs inside.</summary>
/// <param name="Kind">The service.</param>
/// <param name="Items">What its items are called.</param>
/// <param name="Bytes">Of an item, when the load does not say.</param>
/// <param name="ReadsPerWrite">When the load does not say.</param>
/// <param name="KeepDays">How long it keeps an item at most; null: as long as the load says; 0: not at all.</param>
/// <param name="CallsPerCopy">Calls of tables to write an item, for each copy.</param>
/// <param name="Calls">… beside those.</param>
/// <param name="CallsPerBatch">… for each request of one or several items.</param>
/// <param name="Trips">Round trips between regions that a write waits for, in those of a single quorum.</param>
/// <param name="Source">Where that was measured or is said.</param>
public sealed record Recipe(
    [property: JsonIgnore] ServiceKind Kind, string Items, decimal Bytes, decimal ReadsPerWrite, decimal? KeepDays, decimal CallsPerCopy, decimal Calls, decimal CallsPerBatch, decimal Trips, string Source)
{
    /// <summary>As loads name it.</summary>
    public string Name { get; } = NameOf(Kind);

    /// <summary>Whether reading an item asks a quorum.</summary>
    public bool ReadsTables => KeepDays != 0;

    internal static readonly IReadOnlyList<Recipe> All =
    [
        new(ServiceKind.Posts, "posts", 204, 10, null, 1, 0, 0, 1, "As a value of the key-value store: an id of 64 bytes and a text of 140"),
        new(ServiceKind.Kv, "values", 256, 10, null, 1, 0, 0, 1, "functions/App/Replication/README.md: a change of a replica is one transaction"),
        new(ServiceKind.Chat, "messages", 200, 2, null, 1.5m, 0, 0, 1, "functions/App/Chat/README.md: a swap for each message, and its history in blocks of 16"),
        new(ServiceKind.Notifications, "notifications", 1_000, 0.1m, 30, 0, 7, 63, 4, "functions/App/Notifications/README.md: about 70 calls alone, 7 in batches of 500"),
        new(ServiceKind.Ids, "requests", 40, 0, 0, 0, 0, 0, 0, "functions/App/Ids/README.md: a swap every 5 s, whatever is issued"),
        new(ServiceKind.Limits, "checks", 100, 0, 0, 0, 2, 0, 1, "functions/App/Limits/README.md: a subject that is not held here costs two calls of its home"),
    ];

    internal static readonly string Names = string.Join(", ", All.Select(recipe => recipe.Name));

    /// <summary>Null when no service is called so.</summary>
    internal static Recipe? Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name);

    internal static Recipe Of(ServiceKind kind) => All.First(recipe => recipe.Kind == kind);

    private static string NameOf(ServiceKind kind) => kind.ToString().ToLowerInvariant();
}
