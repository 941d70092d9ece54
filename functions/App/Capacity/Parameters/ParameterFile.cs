using System.Text;

namespace Serverless.Capacity;

/// <summary>Writes the parameters of infra/main.bicep for a load that the template holds.</summary>
public static class ParameterFile
{
    private const char FirstLetter = 'a';

    /// <summary>The Bicep text, for a file beside main.bicep.</summary>
    /// <param name="load">What is to be carried.</param>
    /// <param name="size">What that comes to. Its estimate has no obstacles.</param>
    public static string Of(Load load, DeploymentSize size)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(size);
        var text = new StringBuilder();
        Line(text, $"// Sized for {Users(load.Users)} users a day, each with {Services(load)}.");
        Line(text, "");
        Line(text, "using 'main.bicep'");
        Line(text, "");
        Line(text, $"param name = '{load.Name}'");
        Line(text, $"param kind = '{size.Kind}'");
        Line(text, "param regions = [");
        foreach (var region in load.Regions)
            Line(text, $"  {{ location: '{region.Location}', role: '{(region.IsStamp ? "stamp" : "witness")}', nodes: [{Letters(size.NodesPerRegion)}], zones: {(region.Zones ? "true" : "false")} }}");
        Line(text, "]");
        Line(text, $"param frontDoor = '{load.FrontDoor.ToString().ToLowerInvariant()}'");
        if (load.Isolated)
            Line(text, "param isolated = true");
        Line(text, $"param scale = {{ instances: {size.Instances}, memory: {size.Memory}, ready: {size.Ready}, concurrency: {size.Concurrency}, signalR: '{size.SignalR}', units: {size.Units} }}");
        text.Append(Callers);
        return text.ToString();
    }

    // Who may call is nothing that a load says.
    private const string Callers =
        """
        param auth = {
          issuer: readEnvironmentVariable('AUTH_ISSUER', 'https://login.example.com')
          audience: readEnvironmentVariable('AUTH_AUDIENCE', 'api://chat')
          metadata: readEnvironmentVariable('AUTH_METADATA', 'https://login.example.com/.well-known/openid-configuration')
          clientId: readEnvironmentVariable('AUTH_CLIENT_ID', 'chat-page')
          scope: 'openid offline_access api://chat/use'
          services: [
            { key: 'backend', hashes: [readEnvironmentVariable('BACKEND_SECRET_HASH', '0000000000000000000000000000000000000000000000000000000000000000')] }
          ]
        }
        param publisher = readEnvironmentVariable('PUBLISHER_OBJECT_ID', '')
        param mail = readEnvironmentVariable('OPERATORS_MAIL', '')

        """;

    private static string Services(Load load) => string.Join(", ", load.Services.Select(one =>
        Term.Format(one.ActionsPerUserPerDay, Recipe.Of(one.Kind).Items)));

    private static string Users(Population users) => Term.Format(users.Daily ?? users.Monthly * users.DailyShare, "");

    private static string Letters(int nodes) => string.Join(", ", Enumerable.Range(0, nodes).Select(node => $"'{(char)(FirstLetter + node)}'"));

    // Bicep files end their lines alike on every machine.
    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
