using System.Globalization;

namespace Serverless.Tests.EndToEnd;

/// <summary>A key with a value that no other key has and whose every part can be told, so that half of one cannot pass for it.</summary>
internal sealed record KvEntry(string Key, string Value)
{
    // Values above 8 KiB lie in a row of their own.
    private const int LongCopies = 2_000;
    private const int LongEvery = 16;

    /// <summary>The entry of a number within a group; every sixteenth is long.</summary>
    public static KvEntry Of(string group, int number)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{group}-{number}");
        return new(key, ValueOf(key, number % LongEvery == 0 ? LongCopies : 1));
    }

    public static IReadOnlyList<KvEntry> Many(string group, int count) => [.. Enumerable.Range(0, count).Select(number => Of(group, number))];

    /// <summary>The same key with another value.</summary>
    public KvEntry Changed() => this with { Value = ValueOf($"{Key} changed", 1) };

    private static string ValueOf(string text, int copies) => string.Join(' ', Enumerable.Range(0, copies).Select(copy => $"{text}/{copy}"));
}
