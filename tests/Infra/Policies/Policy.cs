namespace Serverless.Tests.Infra;

/// <summary>One rule that every deployment keeps.</summary>
/// <param name="Name">What it demands.</param>
/// <param name="Violations">A sentence for each place that does not keep it.</param>
internal sealed record Policy(string Name, Func<Deployment, IEnumerable<string>> Violations)
{
    /// <summary>Whether it looks at the template too, beside what that stands for.</summary>
    public bool ReadsTemplate { get; init; }

    public override string ToString() => Name;

    /// <summary>A policy that wants values at paths of all resources of a type.</summary>
    public static Func<Deployment, IEnumerable<string>> Values(params (string Type, string Path, string Value)[] wanted) => deployment =>
        from want in wanted
        from resource in deployment.All(want.Type)
        where !string.Equals(resource[want.Path], want.Value, StringComparison.OrdinalIgnoreCase)
        select $"{resource}: {want.Path} is {resource[want.Path] ?? "missing"}, not {want.Value}.";
}
