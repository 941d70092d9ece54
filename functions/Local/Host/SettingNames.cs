using System.Text.RegularExpressions;

namespace Serverless.Local.Host;

/// <summary>Resolves <c>%Name%</c> in trigger attributes from the configuration, as the real host does.</summary>
internal static partial class SettingNames
{
    /// <exception cref="InvalidOperationException">A named setting is missing.</exception>
    public static string Resolve(this IConfiguration configuration, FunctionEntry function, string expression) =>
        Placeholder().Replace(expression, match =>
            configuration[match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } value
                ? value
                : throw new InvalidOperationException(
                    $"Function {function.Name} needs the setting {match.Groups[1].Value}, named in its trigger as {match.Value}."));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Placeholder();
}
