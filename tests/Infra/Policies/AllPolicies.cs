namespace Serverless.Tests.Infra;

internal static class AllPolicies
{
    public static IReadOnlyList<Policy> List { get; } = [.. SecurityPolicies.All, .. OperationPolicies.All, .. SettingsPolicies.All, .. RolePolicies.All];

    /// <summary>Each with its policy's name before it.</summary>
    public static IReadOnlyList<string> Violations(Deployment deployment) =>
        [.. List.SelectMany(policy => policy.Violations(deployment).Select(violation => $"{policy.Name}: {violation}"))];

    public static void AssertKept(IReadOnlyList<string> violations) => Assert.True(violations.Count == 0, string.Join(Environment.NewLine, violations));
}
