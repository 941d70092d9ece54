using System.Text.RegularExpressions;

namespace Serverless.Tests.Contracts;

/// <summary>Which room of the app may use which: data flows one way.</summary>
internal static partial class RoomRules
{
    /// <summary>What each room may use beside itself and the root's own types. A new room states its row here.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Ring"] = [],
        ["Http"] = [],
        ["Queues"] = [],
        ["Replication"] = ["Ring", "Http"],
        ["Idempotency"] = ["Replication", "Http"],
        ["Kv"] = ["Replication", "Http"],
        ["Ids"] = ["Replication", "Http"],
        ["Limits"] = ["Replication", "Http", "Queues"],
        ["Notifications"] = ["Replication", "Ids", "Limits", "Http", "Queues", "Realtime"],
        ["Realtime"] = ["Http"],
        ["Chat"] = ["Replication", "Ids", "Notifications", "Http", "Queues", "Realtime"],
        ["Capacity"] = ["Http"],
    };

    // These put the others together, so they may use them all.
    private static readonly string[] Free = ["", "Azure"];

    /// <summary>What is wrong with one file, as sentences.</summary>
    /// <param name="file">Its path in functions/App, with '/'.</param>
    /// <param name="source">Its text.</param>
    public static IEnumerable<string> Violations(string file, string source)
    {
        var room = file.Contains('/') ? file[..file.IndexOf('/')] : "";
        var code = Quiet().Replace(source, " ");
        var space = Namespace().Match(code).Groups[1].Value;
        code = Namespace().Replace(code, " ");
        if (space != SpaceOf(room))
            yield return $"{file} declares the namespace {space}, not {SpaceOf(room)}.";
        if (Free.Contains(room))
            yield break;
        if (!Allowed.TryGetValue(room, out var allowed))
        {
            yield return $"The room {room} has no row in RoomRules.Allowed: state what it may use.";
            yield break;
        }

        var others = Allowed.Keys.Append("AzureHead").Where(other => other != room).ToHashSet(StringComparer.Ordinal);
        foreach (var used in Used().Matches(code).Select(m => m.Groups[1].Value).Distinct().Where(others.Contains).Except(allowed))
            yield return $"{file} uses {used}, but {room} may only use {(allowed.Length == 0 ? "itself" : string.Join(" and ", allowed))}.";
    }

    private static string SpaceOf(string room) => room switch { "" => "Serverless", "Azure" => "Serverless.AzureHead", _ => $"Serverless.{room}" };

    // Comments, and strings of one line: whatever names a room there is no use of it.
    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*" """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Quiet();

    [GeneratedRegex(@"\bnamespace\s+([\w.]+)")]
    private static partial Regex Namespace();

    // Serverless.Room anywhere, and Room.Type where the enclosing namespace makes that enough.
    [GeneratedRegex(@"(?:\bServerless\.|(?<![\w.]))(\w+)(?=\s*[.;])")]
    private static partial Regex Used();
}
