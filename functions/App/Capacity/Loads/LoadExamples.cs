namespace Serverless.Capacity;

/// <summary>Loads that come with the product, as JSON to begin from.</summary>
public static class LoadExamples
{
    private const string Prefix = "capacity/";
    private const string Suffix = ".json";

    /// <summary>Their names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(LoadExamples).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The JSON of one; null when none is called so.</summary>
    public static string? Find(string name)
    {
        if (!Names.Contains(name))
            return null;
        using var text = new StreamReader(typeof(LoadExamples).Assembly.GetManifestResourceStream($"{Prefix}{name}{Suffix}")!);
        return text.ReadToEnd();
    }
}
