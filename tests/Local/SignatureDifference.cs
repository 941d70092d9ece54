using System.Reflection;

namespace Serverless.Tests.Local;

/// <summary>Compares declarations with the real types by the text of their signatures: the types come from different assemblies.</summary>
internal static class SignatureDifference
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>One sentence for each member that <paramref name="declared"/> has and the real type has not; the reverse is allowed.</summary>
    public static IReadOnlyList<string> Between(IEnumerable<Type> declared, Func<string, Type?> real) =>
        [.. declared.SelectMany(t => real(t.FullName!) is { } match ? Between(t, match) : [$"{t.Name}: no such type"])];

    private static IEnumerable<string> Between(Type declared, Type real)
    {
        if (declared.IsEnum)
            return Enum.GetNames(declared).Where(n => !Enum.IsDefined(real, n) || Number(declared, n) != Number(real, n)).Select(n => $"{declared.Name}: no {n}");

        var existing = real.GetMembers(Members).Select(Text).ToHashSet(StringComparer.Ordinal);
        return declared.GetMembers(Members | BindingFlags.DeclaredOnly)
            .Where(m => m is MethodBase { IsPrivate: false, IsAssembly: false })
            .Select(Text)
            .Where(t => !existing.Contains(t))
            .Order(StringComparer.Ordinal)
            .Select(t => $"{declared.Name}: no {t}");
    }

    private static string Text(MemberInfo member)
    {
        if (member is not MethodBase method)
            return member.Name;
        var parameters = string.Join(", ", method.GetParameters().Select(p => $"{p.ParameterType.Name} {p.Name}{(p.HasDefaultValue ? " = " + p.DefaultValue : "")}"));
        return $"{(method.IsAbstract ? "abstract " : "")}{(method.IsStatic ? "static " : "")}{(method as MethodInfo)?.ReturnType.Name} {method.Name}({parameters})".Trim();
    }

    private static long Number(Type type, string name) => Convert.ToInt64(Enum.Parse(type, name), null);
}
